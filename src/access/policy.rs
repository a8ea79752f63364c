//! What needs no feature to say who may: being signed in.

use entity::enums::Role;

use super::Permission;

/// Anybody who is signed in.
#[derive(Debug)]
pub struct SignedIn;

impl Permission for SignedIn {
    const ROLES: &'static [Role] = &[Role::SuperAdmin, Role::HospitalAdmin, Role::Doctor, Role::Patient];
}
