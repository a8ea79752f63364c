//! What people are, for the lines of pages that the cache serves: it knows whose a page is and not what they are. Noted when a page was
//! made for them.

use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use entity::enums::Role;

use super::RequestUser;

/// So many people are remembered.
const MOST: usize = 100_000;

static ROLES: LazyLock<RwLock<HashMap<i64, Role>>> = LazyLock::new(RwLock::default);

/// That is who asked just now.
pub(super) fn note(user: RequestUser) {
    if of(user.id) == Some(user.role) {
        return;
    }
    let mut roles = ROLES.write().unwrap_or_else(PoisonError::into_inner);
    if roles.len() >= MOST {
        roles.clear();
    }
    roles.insert(user.id, user.role);
}

fn of(user_id: i64) -> Option<Role> {
    ROLES.read().unwrap_or_else(PoisonError::into_inner).get(&user_id).copied()
}

/// What a line says: a role, `visitor` for nobody that is known, `unknown` for somebody for whom this process has made no page yet.
pub(super) fn word(user_id: Option<i64>) -> &'static str {
    match user_id.map(of) {
        None => "visitor",
        Some(None) => "unknown",
        Some(Some(Role::SuperAdmin)) => "super_admin",
        Some(Some(Role::HospitalAdmin)) => "hospital_admin",
        Some(Some(Role::Doctor)) => "doctor",
        Some(Some(Role::Patient)) => "patient",
    }
}
