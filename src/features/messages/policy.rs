//! Who may do what with messages. Everybody of a hospital may ask; whose thread it is, is in the queries: of any other there is none, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Read and write what belongs to a visit: the two who meet.
#[derive(Debug)]
pub(super) struct UseThread;

impl Permission for UseThread {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// See which threads one has, and how much there is in each.
#[derive(Debug)]
pub(super) struct SeeThreads;

impl Permission for SeeThreads {
    const ROLES: &'static [Role] = &[Role::Doctor, Role::Patient];
}
