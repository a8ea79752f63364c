//! Which visits are over, which are to come, and which of them somebody still has to do something about.

use chrono::{DateTime, Utc};
use entity::{appointment::Column, doctor, enums::AppointmentStatus, user};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait};

use super::rows::{doctor_away, patient_shut};
use crate::{access::Viewer, db::is_one_of};

/// Busy although its end has passed: somebody has to say what came of it.
pub(super) fn needs_outcome(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.lt(now))
}

/// Busy and not over: what needs an outcome as soon as it is.
pub(super) fn not_over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.gte(now))
}

/// Somebody still has to do something about it, and its time is not over.
pub(super) fn to_come(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::OPEN)).add(Column::EndsAt.gte(now))
}

/// Open visits of doctors of the viewer's hospital whose account is shut, whenever they are: somebody else has to see to them.
pub(crate) fn of_shut_doctors(viewer: &Viewer) -> Condition {
    let shut = doctor::Entity::find()
        .select_only()
        .column(doctor::Column::Id)
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(user::Column::HospitalId.eq(viewer.hospital().map(|hospital| hospital.id)))
        .filter(user::Column::Active.eq(false));
    Condition::all()
        .add(is_one_of(Column::Status, AppointmentStatus::OPEN))
        .add(Column::DoctorId.in_subquery(shut.into_query()))
}

/// Open visits at whose time the doctor is away, whose patient's account is shut, or which a corrected clock left at another time than was promised.
pub(crate) fn of_absent_parties() -> Condition {
    let absent = Condition::any().add(doctor_away()).add(patient_shut()).add(Column::DisplacedAt.is_not_null());
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::OPEN)).add(absent)
}

/// Visits that cannot be held as they are: those of doctors whose account is shut, and of those to come the ones in an absence and those of patients
/// whose account is shut. A patient who came all the same needs an outcome, and nothing else.
pub(super) fn without_doctor(viewer: &Viewer, now: DateTime<Utc>) -> Condition {
    Condition::any().add(of_shut_doctors(viewer)).add(absent(now))
}

/// Those of them that are no longer so once they are over.
pub(super) fn absent(now: DateTime<Utc>) -> Condition {
    of_absent_parties().add(Column::EndsAt.gte(now))
}
