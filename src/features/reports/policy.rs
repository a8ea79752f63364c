//! Who may read which report.

use entity::enums::Role;

use crate::access::Permission;

/// See the reports: of one's own hospital, or the numbers of all.
#[derive(Debug)]
pub(super) struct SeeReports;

impl Permission for SeeReports {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin, Role::SuperAdmin];
}

/// See the report of the calls in one's own hospital.
#[derive(Debug)]
pub(super) struct SeeCallsReport;

impl Permission for SeeCallsReport {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin];
}

/// Take the report of one's own hospital away as a file.
#[derive(Debug)]
pub(super) struct TakeHospitalReport;

impl Permission for TakeHospitalReport {
    const ROLES: &'static [Role] = &[Role::HospitalAdmin];
}

/// Take the numbers of all hospitals away as a file.
#[derive(Debug)]
pub(super) struct TakePlatformReport;

impl Permission for TakePlatformReport {
    const ROLES: &'static [Role] = &[Role::SuperAdmin];
}
