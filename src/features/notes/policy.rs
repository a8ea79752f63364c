//! Who may do what with notes. Everybody of a hospital may ask; whose note it is, is in the queries: of any other there is none, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Write the note of a visit: its doctor.
#[derive(Debug)]
pub(super) struct WriteNote;

impl Permission for WriteNote {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Read a note that was signed: its doctor, and its patient.
#[derive(Debug)]
pub(super) struct ReadNote;

impl Permission for ReadNote {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Be told that a note has changed: whoever writes it, or may read it.
#[derive(Debug)]
pub(super) struct FollowNote;

impl Permission for FollowNote {
    const ROLES: &'static [Role] = &[Role::Doctor, Role::Patient];
}
