//! One row shape for all lists of appointments, with doctor, patient and both their users joined in, so that no list asks again for each row.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event, doctor,
    enums::{AppointmentStatus, EventKind, Modality, Role},
    patient, time_off, user,
};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, DbErr, DerivePartialModel, EntityTrait, JoinType, QueryFilter, QuerySelect,
    QueryTrait, RelationTrait, Select,
    sea_query::{CaseStatement, Expr, ExprTrait, Query, SimpleExpr},
};

use super::{has_note_to_read, scope};
use crate::{
    access::Viewer,
    db::{ReadConnection, Reader, is_word, without_address},
    text::doctor_name,
    web::Present,
};

/// An appointment with its parties.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct AppointmentRow {
    /// `appointment.id`
    pub(crate) id: i64,
    /// `appointment.doctor_id`
    pub(crate) doctor_id: i64,
    /// `appointment.patient_id`
    pub(crate) patient_id: i64,
    /// When it starts, UTC.
    pub(crate) starts_at: DateTime<Utc>,
    /// When it ends, UTC.
    pub(crate) ends_at: DateTime<Utc>,
    /// Its state.
    pub(crate) status: AppointmentStatus,
    /// How the two meet.
    pub(crate) modality: Modality,
    /// What the patient says. Clinical text.
    pub(crate) symptoms: Option<String>,
    /// Why it was declined, if it was.
    pub(crate) rejection_reason: Option<String>,
    /// Why it was called off, if it was.
    pub(crate) cancellation_reason: Option<String>,
    /// Another time, offered by the doctor, UTC.
    pub(crate) proposed_starts_at: Option<DateTime<Utc>>,
    /// Another time, asked for by the patient of a visit that stands, UTC.
    pub(crate) wished_starts_at: Option<DateTime<Utc>>,
    /// Optimistic lock; forms carry it.
    pub(crate) version: i32,
    /// When the request was made, UTC.
    pub(crate) created_at: DateTime<Utc>,
    /// Since when it has been at another time than was promised, UTC.
    pub(crate) displaced_at: Option<DateTime<Utc>>,
    /// Its doctor.
    #[sea_orm(nested)]
    pub(crate) doctor: DoctorOfVisit,
    /// Its patient.
    #[sea_orm(nested)]
    pub(crate) patient: PatientOfVisit,
    /// When the patient who is waiting arrived, UTC; none in any other state.
    #[sea_orm(from_expr = "arrived_at()")]
    pub(crate) arrived_at: Option<DateTime<Utc>>,
    /// When the visit that goes on began, UTC; none in any other state.
    #[sea_orm(from_expr = "began_at()")]
    pub(crate) began_at: Option<DateTime<Utc>>,
    /// Of the absence in which the doctor has said since that they are away then: `time_off.id`.
    #[sea_orm(from_expr = "absence_id()")]
    pub(crate) absence_id: Option<i64>,
    /// Whether its note is signed and the patient reads it.
    #[sea_orm(from_expr = "has_note_to_read()")]
    pub(crate) has_note_to_read: bool,
}

/// How a visit stands, and how it is held: what decides who can be seen and heard in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct VisitSituation {
    pub(crate) status: AppointmentStatus,
    pub(crate) modality: Modality,
}

/// The doctor of an appointment.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "doctor::Entity")]
pub(crate) struct DoctorOfVisit {
    /// The doctor's field.
    pub(crate) specialization: String,
    /// Who they are.
    #[sea_orm(nested, alias = "doctor_user")]
    pub(crate) user: PersonOfVisit,
}

/// The patient of an appointment.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(crate) struct PatientOfVisit {
    /// Who they are.
    #[sea_orm(nested, alias = "patient_user")]
    pub(crate) user: PersonOfVisit,
    /// How they are reached by telephone.
    #[sea_orm(from_expr = "patient_phone()")]
    pub(crate) phone: Option<String>,
    /// Whether they have no e-mail address: the clinic tells them by telephone what others are told by mail.
    #[sea_orm(from_expr = "is_without_address()")]
    pub(crate) is_told_by_phone: bool,
    /// Whether anything stands under allergies in their record, or stood there before what they say now. What it is, is read in the record, which says who opened it.
    #[sea_orm(from_expr = "has_allergies()")]
    pub(crate) has_allergies: bool,
}

/// Either of them as a person.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(crate) struct PersonOfVisit {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    /// When known.
    pub(crate) date_of_birth: Option<NaiveDate>,
    /// Whether they practise, or are treated, there still.
    pub(crate) active: bool,
}

/// Who has not come by then is said to be late.
const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);

impl AppointmentRow {
    /// How it stands and is held.
    pub(crate) fn situation(&self) -> VisitSituation {
        VisitSituation { status: self.status, modality: self.modality }
    }

    /// The doctor's name as it is written everywhere.
    pub(crate) fn doctor_name(&self) -> String {
        doctor_name(&self.doctor.user.first_name, &self.doctor.user.last_name)
    }

    /// Whom the visit is with, as `role` reads it, and what else says who: the doctor to an administrator, the doctor's
    /// field to a patient.
    pub(crate) fn party_for(&self, role: Role) -> (String, Option<String>) {
        match role {
            Role::Doctor => (self.patient_name(), None),
            Role::Patient => (self.doctor_name(), Some(self.doctor.specialization.clone())),
            Role::HospitalAdmin | Role::SuperAdmin => (self.patient_name(), Some(self.doctor_name())),
        }
    }

    /// When the patient was born, to the staff of the hospital, who have several of one name; to the patient nothing.
    pub(crate) fn born_for(&self, role: Role) -> Option<NaiveDate> {
        self.patient.user.date_of_birth.filter(|_| role != Role::Patient)
    }

    /// What the patient said, to the two who meet. An administrator keeps the desk: who comes to whom and when, not what ails them.
    pub(crate) fn symptoms_for(&self, role: Role) -> Option<String> {
        self.symptoms.clone().filter(|_| is_told_symptoms(role))
    }

    /// Whether the patient should have come by now.
    pub(crate) fn is_late(&self, present: &Present) -> bool {
        AppointmentStatus::AGREED.contains(&self.status) && present.is_past(self.starts_at + LATE_AFTER)
    }

    /// The patient's full name.
    pub(crate) fn patient_name(&self) -> String {
        let PersonOfVisit { first_name, last_name, .. } = &self.patient.user;
        format!("{first_name} {last_name}")
    }
}

/// Whether somebody of `role` is told in lists what a patient said.
pub(crate) fn is_told_symptoms(role: Role) -> bool {
    matches!(role, Role::Doctor | Role::Patient)
}

/// `visits`, which has `appointment` in it, with what else [`AppointmentRow`] reads: both parties, and the users behind them, one
/// table joined twice. `join` is LEFT where the appointment itself may be missing.
pub(crate) fn with_parties<S: QuerySelect>(visits: S, join: JoinType) -> S {
    visits
        .join(join, appointment::Relation::Doctor.def())
        .join_as(join, doctor::Relation::User.def(), "doctor_user")
        .join(join, appointment::Relation::Patient.def())
        .join_as(join, patient::Relation::User.def(), "patient_user")
}

/// Since when the patient has been waiting: the last arrival in the appointment's history. Of a statement that has `appointment` in it.
pub(crate) fn arrived_at() -> SimpleExpr {
    since(AppointmentStatus::Waiting, EventKind::Arrived)
}

/// Since when the visit has been going on: the last beginning in its history.
fn began_at() -> SimpleExpr {
    since(AppointmentStatus::InProgress, EventKind::Started)
}

/// When what leads to `status` last happened, to an appointment that is in that state.
fn since(status: AppointmentStatus, kind: EventKind) -> SimpleExpr {
    let steps = appointment_event::Entity::find()
        .select_only()
        .expr(appointment_event::Column::At.max())
        .filter(
            Expr::col((appointment_event::Entity, appointment_event::Column::AppointmentId))
                .equals((appointment::Entity, Column::Id)),
        )
        .filter(is_word(appointment_event::Column::Kind, kind));
    CaseStatement::new().case(is_word(Column::Status, status), Expr::from(steps.into_query())).into()
}

fn has_allergies() -> SimpleExpr {
    let before = Expr::col((patient::Entity, patient::Column::AllergiesBefore)).is_not_null();
    Expr::col((patient::Entity, patient::Column::Allergies)).is_not_null().or(before)
}

/// How the patient is reached by telephone. Of a statement that has [`with_parties`].
pub(crate) fn patient_phone() -> SimpleExpr {
    Expr::col(("patient_user", user::Column::Phone))
}

fn is_without_address() -> SimpleExpr {
    without_address(Expr::col(("patient_user", user::Column::Email)))
}

/// The first absence of the doctor that touches the visit.
fn absence_id() -> SimpleExpr {
    let absence = |column: time_off::Column| Expr::col((time_off::Entity, column));
    let visit = |column: Column| Expr::col((appointment::Entity, column));
    let absences = time_off::Entity::find()
        .select_only()
        .expr(time_off::Column::Id.min())
        .filter(absence(time_off::Column::DoctorId).eq(visit(Column::DoctorId)))
        .filter(absence(time_off::Column::StartsAt).lt(visit(Column::EndsAt)))
        .filter(absence(time_off::Column::EndsAt).gt(visit(Column::StartsAt)));
    Expr::from(absences.into_query())
}

/// Whether another visit of the doctor has the time of this one, which does not have it yet. Of a statement that has `appointment` in it.
pub(crate) fn is_taken() -> SimpleExpr {
    let other = |column: Column| Expr::col(("other", column));
    let this = |column: Column| Expr::col((appointment::Entity, column));
    let busy = AppointmentStatus::BUSY.map(|status| Expr::Constant(status.to_value().into()));
    let others = Query::select()
        .column(("other", Column::Id))
        .from_as(appointment::Entity, "other")
        .and_where(other(Column::DoctorId).eq(this(Column::DoctorId)))
        .and_where(other(Column::Status).is_in(busy))
        .and_where(other(Column::StartsAt).lt(this(Column::EndsAt)))
        .and_where(other(Column::EndsAt).gt(this(Column::StartsAt)))
        .to_owned();
    Expr::exists(others)
}

/// A statement has room for so many ids, or twice, four, eight times as many: with one statement for each number of ids, there would be
/// as many to prepare and to plan.
const ROOM: usize = 16;

/// Those of the appointments `ids` that `viewer` may see, with their parties; nothing without ids.
pub(super) fn of_ids(viewer: &Viewer, mut ids: Vec<i64>) -> Option<Select<appointment::Entity>> {
    ids.sort_unstable();
    ids.dedup();
    let last = ids.last().copied()?;
    ids.resize(ids.len().next_power_of_two().max(ROOM), last);
    let found = appointment::Entity::find().filter(scope(viewer)).filter(Column::Id.is_in(ids));
    Some(with_parties(found, JoinType::InnerJoin))
}

/// Those of the appointments `ids` that `viewer` may see, by id. One statement; none without ids.
pub(crate) async fn visits(
    viewer: &Viewer,
    reader: &Reader,
    ids: Vec<i64>,
) -> Result<BTreeMap<i64, AppointmentRow>, DbErr> {
    let Some(found) = of_ids(viewer, ids) else { return Ok(BTreeMap::new()) };
    let read = async |conn: &ReadConnection<'_>| found.clone().into_partial_model().all(conn).await;
    let rows: Vec<AppointmentRow> = reader.run(viewer.visit_topics(), read).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}
