//! Who has guests: the doctor of the visit. Whose visit it is, is in the queries: of any other there is none, 404. What guests may do is in [`super::seat`].

use entity::enums::Role;

use crate::access::Permission;

/// Invite guests, let them in and remove them.
#[derive(Debug)]
pub(crate) struct ManageGuests;

impl Permission for ManageGuests {
    const ROLES: &'static [Role] = &[Role::Doctor];
}
