//! Who may look after hospitals.

use entity::enums::Role;

use crate::access::Permission;

/// See who administers which hospital.
#[derive(Debug)]
pub(super) struct ListAdmins;

impl Permission for ListAdmins {
    const ROLES: &'static [Role] = &[Role::SuperAdmin];
}

/// Make hospitals, and say which are listed.
#[derive(Debug)]
pub(super) struct ManageHospitals;

impl Permission for ManageHospitals {
    const ROLES: &'static [Role] = &[Role::SuperAdmin];
}

/// Change what is said of a hospital: any by the platform, their own by who runs it.
#[derive(Debug)]
pub(super) struct EditHospital;

impl Permission for EditHospital {
    const ROLES: &'static [Role] = &[Role::SuperAdmin, Role::HospitalAdmin];
}
