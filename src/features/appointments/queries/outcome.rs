//! Which visits are over, which are to come, and which of them somebody still has to do something about.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    doctor,
    enums::{AppointmentStatus, Role},
    patient, time_off, user,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait, RelationTrait, Select,
    sea_query::{ExprTrait as _, UnionType},
};

use crate::{
    access::Viewer,
    db::{is_one_of, is_word},
};

/// Busy although its end has passed: somebody has to say what came of it.
pub(super) fn needs_outcome(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.lt(now))
}

/// Busy and not over: what needs an outcome as soon as it is.
pub(super) fn not_over(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY)).add(Column::EndsAt.gte(now))
}

/// Agreed on and not over.
pub(super) fn upcoming(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::AGREED)).add(Column::EndsAt.gte(now))
}

/// Somebody still has to do something about it, and its time is not over.
pub(super) fn to_come(now: DateTime<Utc>) -> Condition {
    Condition::all().add(is_one_of(Column::Status, AppointmentStatus::OPEN)).add(Column::EndsAt.gte(now))
}

/// Open visits of doctors of the viewer's hospital whose account is shut, whenever they are: somebody else has to see to them.
pub(crate) fn of_shut_doctors(viewer: &Viewer) -> Condition {
    Condition::all()
        .add(is_one_of(Column::Status, AppointmentStatus::OPEN))
        .add(Column::DoctorId.in_subquery(shut_doctors(viewer).into_query()))
}

/// `doctor.id` of those of the viewer's hospital whose account is shut.
pub(super) fn shut_doctors(viewer: &Viewer) -> Select<doctor::Entity> {
    doctor::Entity::find()
        .select_only()
        .column(doctor::Column::Id)
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(shut(viewer, Role::Doctor))
}

/// `patient.id` of those of the viewer's hospital whose account is shut.
pub(super) fn shut_patients(viewer: &Viewer) -> Select<patient::Entity> {
    patient::Entity::find()
        .select_only()
        .column(patient::Column::Id)
        .join(JoinType::InnerJoin, patient::Relation::User.def())
        .filter(shut(viewer, Role::Patient))
}

/// Open visits of the viewer's hospital that end at or after `now`, at whose time the doctor is away, whose patient's account is shut, or which a
/// corrected clock left at another time than was promised. They are found by the absences, by the shut accounts and by an index of those that were
/// moved, which are few: looked for among the visits, each of those to come would be asked three questions.
pub(crate) fn of_absent_parties(viewer: &Viewer, now: DateTime<Utc>) -> Condition {
    let is_open =
        || Condition::all().add(is_one_of(Column::Status, AppointmentStatus::OPEN)).add(Column::EndsAt.gte(now));
    let mut absent = away(viewer, now).filter(is_open()).into_query();
    absent.union(UnionType::All, of_shut_patients(viewer).filter(is_open()).into_query());
    absent.union(UnionType::All, displaced(viewer).filter(is_open()).into_query());
    is_open().add(Column::Id.in_subquery(absent))
}

/// `appointment.id` of those in an absence that is not over.
fn away(viewer: &Viewer, now: DateTime<Utc>) -> Select<time_off::Entity> {
    time_off::Entity::find()
        .select_only()
        .column(Column::Id)
        .join(JoinType::InnerJoin, time_off::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, doctor::Relation::Appointment.def())
        .filter(user::Column::HospitalId.eq(hospital_id(viewer)))
        .filter(time_off::Column::EndsAt.gt(now))
        .filter(Column::StartsAt.into_expr().lt(time_off::Column::EndsAt.into_expr()))
        .filter(Column::EndsAt.into_expr().gt(time_off::Column::StartsAt.into_expr()))
}

/// The same of patients whose account is shut.
fn of_shut_patients(viewer: &Viewer) -> Select<user::Entity> {
    user::Entity::find()
        .select_only()
        .column(Column::Id)
        .join(JoinType::InnerJoin, user::Relation::Patient.def())
        .join(JoinType::InnerJoin, patient::Relation::Appointment.def())
        .filter(shut(viewer, Role::Patient))
}

/// The same of those that were moved.
fn displaced(viewer: &Viewer) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::HospitalId.eq(hospital_id(viewer)))
        .filter(Column::DisplacedAt.is_not_null())
}

/// Accounts of the viewer's hospital that are shut. Words, so that a plan for all values may use the index on them.
fn shut(viewer: &Viewer, role: Role) -> Condition {
    Condition::all()
        .add(user::Column::HospitalId.eq(hospital_id(viewer)))
        .add(is_word(user::Column::Role, role))
        .add(user::Column::Active.into_expr().not())
}

fn hospital_id(viewer: &Viewer) -> Option<i64> {
    viewer.hospital().map(|hospital| hospital.id)
}

/// Visits that cannot be held as they are: those of doctors whose account is shut, and of those to come the ones in an absence and those of patients
/// whose account is shut. A patient who came all the same needs an outcome, and nothing else.
pub(super) fn without_doctor(viewer: &Viewer, now: DateTime<Utc>) -> Condition {
    Condition::any().add(of_shut_doctors(viewer)).add(of_absent_parties(viewer, now))
}
