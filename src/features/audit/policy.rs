//! Who may read the trail.

use entity::enums::Role;

use crate::access::Permission;

/// See who did or opened what: of one's own hospital, or of all.
#[derive(Debug)]
pub(super) struct ReadTrail;

impl Permission for ReadTrail {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::SuperAdmin];
}

/// See who opened one's own record.
#[derive(Debug)]
pub(super) struct SeeOwnOpenings;

impl Permission for SeeOwnOpenings {
    const ROLES: &'static [Role] = &[Role::Patient];
}
