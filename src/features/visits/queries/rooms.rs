//! Who is in the rooms of visits, whose camera and microphone work, and which doctors run late, for lists that are read beside others.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    device_check, doctor, doctor_delay,
    enums::{AppointmentStatus, Modality, Role},
    patient, user, visit_presence,
};
use sea_orm::{
    ColumnTrait, Condition, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QuerySelect, QueryTrait,
    RelationTrait, Select,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use crate::{
    access::{Viewer, ViewerKind},
    db::{is_one_of, is_word},
    features::{
        appointments::{DeviceCheckRow, open_call, scope},
        calls::CallNow,
        schedules::Stretch,
    },
};

/// Whom a list names, the patient or to a patient the doctor, as the room of the visit knows them.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "visit_presence::Entity")]
pub(crate) struct InRoom {
    pub(in crate::features::visits) appointment_id: i64,
    pub(in crate::features::visits) user_id: i64,
    pub(in crate::features::visits) here_since: DateTime<Utc>,
    pub(in crate::features::visits) here_until: DateTime<Utc>,
    pub(in crate::features::visits) left_at: Option<DateTime<Utc>>,
    #[sea_orm(nested)]
    pub(in crate::features::visits) visit: VisitOfRoom,
    /// The call that goes on in it.
    #[sea_orm(nested)]
    pub(in crate::features::visits) call: Option<CallNow>,
}

/// The visit whose room it is.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct VisitOfRoom {
    pub(in crate::features::visits) status: AppointmentStatus,
    pub(in crate::features::visits) starts_at: DateTime<Utc>,
}

/// What the patient of a visit has found when they tried camera and microphone for it.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "device_check::Entity")]
pub(crate) struct CheckedPerson {
    pub(in crate::features::visits) appointment_id: i64,
    #[sea_orm(nested)]
    pub(in crate::features::visits) found: DeviceCheckRow,
}

/// A doctor who runs late.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor_delay::Entity")]
pub(crate) struct LateDoctor {
    pub(in crate::features::visits) doctor_id: i64,
    pub(in crate::features::visits) minutes: i32,
}

/// Who is in the rooms of the viewer's visits, without the viewer. For a list beside others; told of by `Viewer::visit_topics`.
pub(crate) fn in_rooms(viewer: &Viewer) -> Select<visit_presence::Entity> {
    let of_visit = visit_presence::Entity::find()
        .join(JoinType::InnerJoin, visit_presence::Relation::Appointment.def())
        .join(JoinType::LeftJoin, open_call())
        .filter(scope(viewer))
        .filter(is_one_of(Column::Status, AppointmentStatus::BUSY));
    if viewer.role() == Role::Patient {
        // Not one who had the visit before.
        let is_doctor = appointment::Relation::Doctor.def().on_condition(|_, doctor| {
            Expr::col((doctor, doctor::Column::UserId))
                .equals((visit_presence::Entity, visit_presence::Column::UserId))
                .into_condition()
        });
        return of_visit.join(JoinType::InnerJoin, is_doctor);
    }
    let is_patient = appointment::Relation::Patient.def().on_condition(|_, patient| {
        Expr::col((patient, patient::Column::UserId))
            .equals((visit_presence::Entity, visit_presence::Column::UserId))
            .into_condition()
    });
    of_visit.join(JoinType::InnerJoin, is_patient)
}

/// What the patients of the viewer's visits by video have found, of those that go on and those that touch `within`; to a patient, of all that nobody has
/// said the outcome of. For a list beside others; told of by `Viewer::visit_topics`.
///
/// Staff have many of the latter that were over long ago: without an end to the days all checks that were ever made would be looked through.
pub(crate) fn checked_people(viewer: &Viewer, within: Option<Stretch>) -> Select<device_check::Entity> {
    let is_patient = appointment::Relation::Patient.def().on_condition(|_, patient| {
        Expr::col((patient, patient::Column::UserId))
            .equals((device_check::Entity, device_check::Column::UserId))
            .into_condition()
    });
    let is_busy = Condition::all().add(is_one_of(Column::Status, AppointmentStatus::BUSY));
    let is_meant = match within {
        None => is_busy,
        // No visit is longer than a day: one that touches them began a day before at most.
        Some(Stretch { starts_at, ends_at }) => Condition::any()
            .add(is_one_of(Column::Status, AppointmentStatus::UNDER_WAY))
            .add(is_busy.add(Column::StartsAt.gte(starts_at - TimeDelta::days(1))).add(Column::StartsAt.lt(ends_at))),
    };
    device_check::Entity::find()
        .join(JoinType::InnerJoin, device_check::Relation::Appointment.def())
        .join(JoinType::InnerJoin, is_patient)
        .filter(scope(viewer))
        .filter(is_meant)
        .filter(is_word(Column::Modality, Modality::Video))
}

/// Whoever of the viewer's doctors runs late on `day`. For a list beside others; told of by `Viewer::visit_topics`.
pub(crate) fn late_doctors(viewer: &Viewer, day: NaiveDate) -> Select<doctor_delay::Entity> {
    let late = doctor_delay::Entity::find()
        .filter(doctor_delay::Column::Day.eq(day))
        .filter(doctor_delay::Column::Minutes.gt(0));
    match &viewer.kind {
        ViewerKind::Doctor { doctor_id, .. } => late.filter(doctor_delay::Column::DoctorId.eq(*doctor_id)),
        ViewerKind::HospitalAdmin { hospital } => late
            .join(JoinType::InnerJoin, doctor_delay::Relation::Doctor.def())
            .join(JoinType::InnerJoin, doctor::Relation::User.def())
            .filter(user::Column::HospitalId.eq(hospital.id)),
        ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => {
            let doctors = appointment::Entity::find()
                .select_only()
                .column(Column::DoctorId)
                .filter(scope(viewer))
                .filter(is_one_of(Column::Status, AppointmentStatus::BUSY));
            late.filter(doctor_delay::Column::DoctorId.in_subquery(doctors.into_query()))
        }
    }
}
