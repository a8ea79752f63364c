//! Who may take part in calls. Everybody of a hospital may ask; whose call it is, is in the queries: of any other there is none, 404.

use entity::enums::Role;

use crate::access::Permission;

/// Take part in the call of a visit: the two who meet.
#[derive(Debug)]
pub(super) struct TakePart;

impl Permission for TakePart {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}
