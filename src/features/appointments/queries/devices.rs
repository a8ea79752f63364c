//! What the two who meet have found when they tried camera and microphone, joined to what is read of a visit.

use chrono::{DateTime, Utc};
use entity::{
    appointment,
    device_check::{self, Column},
    doctor,
    enums::{DeviceState, RelayReach},
    patient,
};
use sea_orm::{
    DerivePartialModel, JoinType, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

/// What somebody has found, the last time.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
#[sea_orm(entity = "device_check::Entity")]
pub(crate) struct DeviceCheckRow {
    pub(crate) camera: DeviceState,
    pub(crate) microphone: DeviceState,
    /// By what the relay was reached; none when it was not tried.
    pub(crate) network: Option<RelayReach>,
    /// When it was told.
    pub(crate) checked_at: DateTime<Utc>,
}

/// What both have found, as far as they have tried.
#[derive(Clone, Copy, Debug, DerivePartialModel)]
pub(crate) struct DeviceChecks {
    #[sea_orm(nested, alias = "doctor_check")]
    pub(crate) doctor: Option<DeviceCheckRow>,
    #[sea_orm(nested, alias = "patient_check")]
    pub(crate) patient: Option<DeviceCheckRow>,
}

/// `visits`, which has both parties in it ([`super::with_parties`]), with what [`DeviceChecks`] reads: at most one row of each of them.
pub(crate) fn with_device_checks<S: QuerySelect>(visits: S) -> S {
    let of_doctor = appointment::Relation::DeviceCheck.def().on_condition(|_, check| {
        Expr::col((check, Column::UserId)).equals((doctor::Entity, doctor::Column::UserId)).into_condition()
    });
    let of_patient = appointment::Relation::DeviceCheck.def().on_condition(|_, check| {
        Expr::col((check, Column::UserId)).equals((patient::Entity, patient::Column::UserId)).into_condition()
    });
    visits.join_as(JoinType::LeftJoin, of_doctor, "doctor_check").join_as(
        JoinType::LeftJoin,
        of_patient,
        "patient_check",
    )
}
