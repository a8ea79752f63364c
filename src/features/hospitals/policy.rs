//! Who may look after hospitals.

use entity::enums::Role;

use crate::access::Permission;

/// See who administers which hospital.
#[derive(Debug)]
pub(super) struct ListAdmins;

impl Permission for ListAdmins {
    const ROLES: &'static [Role] = &[Role::SuperAdmin];
}
