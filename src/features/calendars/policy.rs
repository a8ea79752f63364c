//! Who has a calendar.

use entity::enums::Role;

use crate::access::Permission;

/// Have one's visits in a calendar of one's own.
#[derive(Debug)]
pub(super) struct HaveCalendar;

impl Permission for HaveCalendar {
    const ROLES: &'static [Role] = &[Role::Doctor, Role::Patient];
}
