//! Where an appointment stands, for whoever is about to change it.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event as event, call, doctor,
    enums::{AppointmentStatus, CallState, EventKind, Modality},
    hospital, patient, user, visit, visit_guest,
};
use sea_orm::{
    ActiveEnum as _, ColumnTrait, Condition, DbErr, EntityTrait, FromQueryResult, JoinType, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, RelationDef, RelationTrait, Select,
    sea_query::{Expr, ExprTrait as _, IntoCondition, LockType, Query, SimpleExpr},
};

use super::{record::known_events, scope};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{ReadConnection, Reader, is_not_word},
    features::{
        appointments::OpenCall,
        notifications::ToldTimes,
        schedules::{Attendees, Schedule, Stretch},
    },
};

/// What a step needs to know of the appointment.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct AppointmentState {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) hospital_id: i64,
    pub(in crate::features::appointments) doctor_id: i64,
    pub(in crate::features::appointments) patient_id: i64,
    pub(in crate::features::appointments) status: AppointmentStatus,
    pub(in crate::features::appointments) modality: Modality,
    pub(in crate::features::appointments) version: i32,
    pub(in crate::features::appointments) starts_at: DateTime<Utc>,
    pub(in crate::features::appointments) ends_at: DateTime<Utc>,
    pub(in crate::features::appointments) proposed_starts_at: Option<DateTime<Utc>>,
    /// The time that the patient asks for instead.
    pub(in crate::features::appointments) wished_starts_at: Option<DateTime<Utc>>,
    /// What the clock is to show at the proposed time, as it was proposed.
    pub(in crate::features::appointments) proposed_local_starts_at: Option<NaiveDateTime>,
    /// `user.id` of whoever asked for it.
    pub(in crate::features::appointments) requested_by: i64,
    /// The doctor's `user.id`.
    pub(in crate::features::appointments) doctor_user_id: i64,
    /// The patient's `user.id`.
    pub(in crate::features::appointments) patient_user_id: i64,
    /// Whether its doctor still practises there.
    pub(in crate::features::appointments) doctor_active: bool,
    /// Whether its patient may still come in, and is told what is decided.
    pub(in crate::features::appointments) patient_active: bool,
    /// Whether it stands beside another, or outside of the hours, on purpose.
    pub(in crate::features::appointments) is_overbooked: bool,
    /// The zone of its hospital's clock.
    pub(in crate::features::appointments) time_zone: String,
    /// `visit.id` of what the patient has said already, if they have.
    pub(in crate::features::appointments) visit_id: Option<i64>,
    /// Whether anybody was invited to its call.
    pub(in crate::features::appointments) has_guests: bool,
    /// How its hospital books.
    pub(in crate::features::appointments) slot_minutes: i32,
    pub(in crate::features::appointments) booking_lead_hours: i32,
}

impl AppointmentState {
    /// Whose lists it is on.
    pub(in crate::features::appointments) fn topics(&self) -> [Topic; 3] {
        Topic::of_visit(self.hospital_id, self.doctor_id, self.patient_id)
    }

    /// Whose time it takes.
    pub(in crate::features::appointments) fn attendees(&self) -> Attendees {
        Attendees { doctor_id: self.doctor_id, patient_id: Some(self.patient_id) }
    }

    /// Whose time it would take with the doctor `doctor_id` (`doctor.id`).
    pub(in crate::features::appointments) fn attendees_with(&self, doctor_id: i64) -> Attendees {
        Attendees { doctor_id, ..self.attendees() }
    }

    /// The `schedule` of that doctor as it is once the visit is moved: its own time is in nobody's way then.
    pub(in crate::features::appointments) fn moved_out_of(&self, schedule: Schedule, doctor_id: i64) -> Schedule {
        let own = self.stretch();
        if doctor_id == self.doctor_id { schedule.without(own) } else { schedule.without_of_patient(own) }
    }

    /// From when to when it is.
    pub(in crate::features::appointments) fn stretch(&self) -> Stretch {
        Stretch { starts_at: self.starts_at, ends_at: self.ends_at }
    }

    /// What is kept of its times beside something that happens to it: those of before, with what is `proposed` instead.
    pub(in crate::features::appointments) fn told_times(&self, proposed: Option<DateTime<Utc>>) -> ToldTimes {
        let zone = self.time_zone.parse().unwrap_or_default();
        ToldTimes::of(zone, Some(self.starts_at), proposed)
    }
}

/// The appointment `id`, if it is the viewer's to see.
pub(in crate::features::appointments) async fn appointment_state(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<AppointmentState>, DbErr> {
    states().filter(Column::Id.eq(id)).filter(scope(viewer)).into_model().one(conn).await
}

/// The same for whoever is about to promise it, within their unit of work: until that ends nobody records an absence of its doctor.
pub(in crate::features::appointments) async fn appointment_state_held(
    viewer: &Viewer,
    conn: &ReadConnection<'_>,
    id: i64,
) -> Result<Option<AppointmentState>, DbErr> {
    let mut held = states().filter(Column::Id.eq(id)).filter(scope(viewer));
    QuerySelect::query(&mut held).lock_with_tables(LockType::Share, [doctor::Entity]);
    held.into_model().one(conn).await
}

/// Until the unit of work ends nobody takes a step with the appointment `id`, nor hands it over, and whoever else holds it waits; whether it is the
/// viewer's to see. For whoever writes about a visit: with whom it is, and what was written, is asked after that, for a statement that has waited goes on
/// with what it had joined before. One statement.
pub(crate) async fn hold_visit(viewer: &Viewer, conn: &ReadConnection<'_>, id: i64) -> Result<bool, DbErr> {
    let held = appointment::Entity::find_by_id(id).filter(scope(viewer)).select_only().column(Column::Id);
    Ok(held.lock(LockType::NoKeyUpdate).into_tuple::<i64>().one(conn).await?.is_some())
}

/// The requests, proposals and visits of a patient that are still to come at the instant `now`, the first one first.
pub(in crate::features::appointments) async fn states_to_come(
    conn: &ReadConnection<'_>,
    patient_id: i64,
    now: DateTime<Utc>,
) -> Result<Vec<AppointmentState>, DbErr> {
    let asked = [AppointmentStatus::Requested, AppointmentStatus::Proposed];
    let to_come = Condition::any()
        .add(Column::Status.is_in(asked))
        .add(Condition::all().add(Column::Status.is_in(AppointmentStatus::BUSY)).add(Column::EndsAt.gte(now)));
    let found = states().filter(Column::PatientId.eq(patient_id)).filter(to_come);
    found.order_by_asc(Column::StartsAt).order_by_asc(Column::Id).into_model().all(conn).await
}

pub(super) fn states() -> Select<appointment::Entity> {
    appointment::Entity::find()
        .select_only()
        .columns([
            Column::Id,
            Column::HospitalId,
            Column::DoctorId,
            Column::PatientId,
            Column::Status,
            Column::Modality,
            Column::Version,
            Column::StartsAt,
            Column::EndsAt,
            Column::ProposedStartsAt,
            Column::ProposedLocalStartsAt,
            Column::WishedStartsAt,
            Column::RequestedBy,
        ])
        .column_as(doctor::Column::UserId, "doctor_user_id")
        .column_as(patient::Column::UserId, "patient_user_id")
        .column_as(user::Column::Active, "doctor_active")
        .expr_as(Expr::col(("patient_user", user::Column::Active)), "patient_active")
        .column_as(visit::Column::Id, "visit_id")
        .expr_as(Column::OverbookReason.is_not_null(), "is_overbooked")
        .expr_as(has_guests(), "has_guests")
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours, hospital::Column::TimeZone])
        .join(JoinType::InnerJoin, appointment::Relation::Hospital.def())
        .join(JoinType::InnerJoin, appointment::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, appointment::Relation::Patient.def())
        .join_as(JoinType::InnerJoin, patient::Relation::User.def(), "patient_user")
        .join(JoinType::LeftJoin, appointment::Relation::Visit.def())
}

fn has_guests() -> SimpleExpr {
    let guests = visit_guest::Entity::find()
        .select_only()
        .column(visit_guest::Column::Id)
        .filter(
            Expr::col((visit_guest::Entity, visit_guest::Column::AppointmentId))
                .equals((appointment::Entity, Column::Id)),
        )
        .filter(visit_guest::Column::RevokedAt.is_null());
    Expr::exists(guests.into_query())
}

/// The call that goes on in a visit: there is one at most.
pub(crate) fn open_call() -> RelationDef {
    let is_open = |_, _| is_not_word(call::Column::State, CallState::Ended).into_condition();
    appointment::Relation::Call.def().on_condition(is_open)
}

/// The call that goes on in the visit `id`, as it is once nobody else ends it, joins it or says that it is connected: they wait until this unit of work
/// ends. Whoever changes the visit as well asks after that, for whoever begins a call holds the visit.
pub(crate) async fn open_call_held(conn: &ReadConnection<'_>, id: i64) -> Result<Option<OpenCall>, DbErr> {
    use call::Column as Call;
    let open = call::Entity::find()
        .select_only()
        .columns([Call::Id, Call::ConnectedAt, Call::Path, Call::Restarts])
        .filter(Call::AppointmentId.eq(id))
        .filter(is_not_word(Call::State, CallState::Ended))
        .lock_exclusive();
    open.into_model().one(conn).await
}

/// The last step that was taken with an appointment, and what came of it.
#[derive(Clone, Debug, FromQueryResult)]
pub(in crate::features::appointments) struct LastStep {
    pub(in crate::features::appointments) version: i32,
    pub(in crate::features::appointments) proposed_starts_at: Option<DateTime<Utc>>,
    pub(in crate::features::appointments) wished_starts_at: Option<DateTime<Utc>>,
    /// With whom it is since.
    pub(in crate::features::appointments) doctor_id: i64,
    /// Whether another doctor has it since.
    pub(in crate::features::appointments) is_handed_over: bool,
    kind: EventKind,
    /// `user.id` of whoever took it.
    actor_id: i64,
    note: Option<String>,
    /// The time that it was about, as the clock showed it then.
    pub(in crate::features::appointments) local_starts_at: Option<NaiveDateTime>,
    /// The last that the patient wished, in the same way.
    wished_local: Option<NaiveDateTime>,
}

impl LastStep {
    /// Whether it is `kind`, taken by `viewer` from the version that they `saw`, with these words: by the same form, sent twice. The version comes from a
    /// form, and may be any number.
    pub(in crate::features::appointments) fn is_same(
        &self,
        viewer: &Viewer,
        (kind, saw): (EventKind, i32),
        note: Option<&String>,
    ) -> bool {
        self.version - 1 == saw && self.actor_id == viewer.user_id && self.kind == kind && self.note.as_ref() == note
    }

    /// Whether it led to the time that the patient wished.
    pub(in crate::features::appointments) fn is_to_wish(&self) -> bool {
        self.wished_local.is_some() && self.wished_local == self.local_starts_at
    }
}

/// The last step of the appointment `id`, if it is the viewer's to see; else the last that they took themselves, by which it may have become another's.
pub(in crate::features::appointments) async fn last_step(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<LastStep>, DbErr> {
    let last = appointment::Entity::find_by_id(id)
        .select_only()
        .columns([Column::Version, Column::ProposedStartsAt, Column::WishedStartsAt, Column::DoctorId])
        .columns([event::Column::Kind, event::Column::ActorId, event::Column::Note, event::Column::LocalStartsAt])
        .expr_as(event::Column::FromDoctorId.is_not_null(), "is_handed_over")
        .expr_as(last_wish(), "wished_local")
        .join(JoinType::InnerJoin, known_events())
        .filter(scope(viewer).or(taken_by(viewer)))
        .order_by_desc(event::Column::Id)
        .limit(1);
    let topics = Topics::exempt("a form that was sent twice");
    reader.run(topics, async |conn| last.clone().into_model().one(conn).await).await
}

/// The time for which the patient asked last, of a statement that has `appointment` in it.
fn last_wish() -> SimpleExpr {
    let wish = |column: event::Column| Expr::col(("wish", column));
    let wishes = Query::select()
        .column(("wish", event::Column::ProposedLocalStartsAt))
        .from_as(event::Entity, "wish")
        .and_where(wish(event::Column::AppointmentId).equals((appointment::Entity, Column::Id)))
        .and_where(wish(event::Column::Kind).eq(Expr::Constant(EventKind::Wished.to_value().into())))
        .order_by(("wish", event::Column::Id), Order::Desc)
        .limit(1)
        .to_owned();
    Expr::from(wishes)
}

/// Of a visit that its doctor has handed over: they do not see it any more.
fn taken_by(viewer: &Viewer) -> SimpleExpr {
    event::Column::ActorId.eq(viewer.user_id)
}
