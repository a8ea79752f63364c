//! Who opens the day book. Whose days, is in the queries.

use entity::enums::Role;

use crate::access::Permission;

/// Look at days with their visits and free times: a doctor at their own, an administrator at those of the hospital.
#[derive(Debug)]
pub(super) struct SeeDayBook;

impl Permission for SeeDayBook {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}
