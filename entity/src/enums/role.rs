//! Who a signed-in person is.

use sea_orm::entity::prelude::*;

/// What a person may do follows from this and from their hospital.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(24))")]
pub enum Role {
    /// Of the platform: hospitals and their admins; no clinical text.
    #[sea_orm(string_value = "super_admin")]
    SuperAdmin,
    /// Of one hospital: its people, appointments, reports.
    #[sea_orm(string_value = "hospital_admin")]
    HospitalAdmin,
    /// Of one hospital: own agenda and own patients.
    #[sea_orm(string_value = "doctor")]
    Doctor,
    /// Of one hospital: own appointments.
    #[sea_orm(string_value = "patient")]
    Patient,
}
