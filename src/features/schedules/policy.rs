//! Who may look at times, and who manages schedules. Whose, is in the queries.

use entity::enums::Role;

use crate::access::Permission;

/// See when the doctors of one's hospital are free.
#[derive(Debug)]
pub(super) struct SeeTimes;

impl Permission for SeeTimes {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// Say when a doctor works and when not: a doctor for themselves, an administrator for those of the hospital.
#[derive(Debug)]
pub(super) struct ManageSchedule;

impl Permission for ManageSchedule {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}
