//! Who may keep what a check found. Whose visit it is, is in the queries: for anybody but the two who meet there is none, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Check one's devices for a visit.
#[derive(Debug)]
pub(super) struct CheckDevices;

impl Permission for CheckDevices {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}
