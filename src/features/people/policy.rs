//! Who may see the people of a hospital. Which of them is in the queries.

use entity::enums::Role;

use crate::access::Permission;

/// See the doctors of one's hospital.
#[derive(Debug)]
pub(super) struct SeeDoctors;

impl Permission for SeeDoctors {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor, Role::Patient];
}

/// See patients: an administrator those of the hospital, a doctor their own.
#[derive(Debug)]
pub(crate) struct SeePatients;

impl Permission for SeePatients {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::Doctor];
}

/// Make, change, shut out and let in again the doctors and patients of one's hospital.
#[derive(Debug)]
pub(super) struct ManagePeople;

impl Permission for ManagePeople {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin];
}

/// The same for those who run hospitals.
#[derive(Debug)]
pub(super) struct ManageAdmins;

impl Permission for ManageAdmins {
    const ROLES: &'static [Role] = &[Role::SuperAdmin];
}
