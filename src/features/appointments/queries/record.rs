//! One appointment with everything about it, in one statement.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment::{self, Column},
    appointment_event as event, call, doctor,
    enums::{AppointmentStatus, AuditSubject, CallEnd, CallPath, EventKind, Role},
    user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, Iterable, JoinType, QueryFilter, QuerySelect,
    RelationDef, RelationTrait, sea_query::IntoCondition,
};

use super::{
    correct::RecordedStep,
    scope,
    standing::{StandingRecord, StandingRow, with_standing},
};
use crate::{
    access::Viewer,
    coherence::Topic,
    db::{InList, Reader, SideBySide, is_one_of},
    features::{
        accounts::StatedFacts,
        audit::Accessed,
        notifications::{NewsSubject, UnreadNews, unread_news},
    },
    text::doctor_name,
};

/// An appointment, whom it is about, and how it came to where it stands. A clinical record.
#[derive(Clone, Debug)]
pub(in crate::features::appointments) struct VisitRecord {
    pub(in crate::features::appointments) standing: StandingRecord,
    pub(in crate::features::appointments) about: About,
    /// From the first step on.
    pub(in crate::features::appointments) history: Vec<EventRow>,
    /// In no order.
    pub(in crate::features::appointments) calls: Vec<CallOfVisit>,
}

/// What lists do not show.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
pub(crate) struct About {
    pub(in crate::features::appointments) overbook_reason: Option<String>,
    #[sea_orm(nested)]
    pub(in crate::features::appointments) patient: StatedFacts,
}

/// One step of the history.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "event::Entity")]
pub(in crate::features::appointments) struct EventRow {
    id: i64,
    pub(in crate::features::appointments) kind: EventKind,
    pub(in crate::features::appointments) note: Option<String>,
    /// The times it was about, as the clock showed them; none of a step that an earlier release recorded.
    pub(in crate::features::appointments) local_starts_at: Option<NaiveDateTime>,
    pub(in crate::features::appointments) proposed_local_starts_at: Option<NaiveDateTime>,
    /// Of a visit that was handed over: the doctor with whom it was before.
    #[sea_orm(nested, alias = "from_doctor_user")]
    pub(in crate::features::appointments) from_doctor: Option<FromDoctor>,
    /// The state before; none of the first step.
    pub(in crate::features::appointments) from_status: Option<AppointmentStatus>,
    /// The state to which it led.
    pub(in crate::features::appointments) to_status: AppointmentStatus,
    pub(in crate::features::appointments) at: DateTime<Utc>,
    #[sea_orm(nested, alias = "actor")]
    pub(in crate::features::appointments) actor: EventActor,
}

/// Who took a step.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(in crate::features::appointments) struct EventActor {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) role: Role,
    pub(in crate::features::appointments) first_name: String,
    pub(in crate::features::appointments) last_name: String,
}

/// With whom a visit was before it was handed over.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub(in crate::features::appointments) struct FromDoctor {
    first_name: String,
    last_name: String,
}

impl FromDoctor {
    /// As it is written everywhere.
    pub(in crate::features::appointments) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// A call between the two who meet.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "call::Entity")]
pub(in crate::features::appointments) struct CallOfVisit {
    pub(in crate::features::appointments) id: i64,
    pub(in crate::features::appointments) started_at: DateTime<Utc>,
    /// None of a call in which they neither saw nor heard each other.
    pub(in crate::features::appointments) connected_at: Option<DateTime<Utc>>,
    /// None while it goes on.
    pub(in crate::features::appointments) end_reason: Option<CallEnd>,
    pub(in crate::features::appointments) path: Option<CallPath>,
    pub(in crate::features::appointments) connected_seconds: i32,
    pub(in crate::features::appointments) restarts: i32,
    /// Per cent, the most that was told of.
    pub(in crate::features::appointments) loss: Option<i32>,
}

/// The appointment and one step of its history; the step is missing when there is none.
#[derive(Debug, DerivePartialModel)]
struct Joined {
    #[sea_orm(nested)]
    standing: StandingRow,
    #[sea_orm(nested)]
    about: About,
    #[sea_orm(nested)]
    event: Option<EventRow>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "call_"))]
    call: InList<CallOfVisit>,
    #[sea_orm(nested(prefix = "visit_"))]
    visit: InList<Joined>,
    #[sea_orm(nested(prefix = "news_"))]
    news: InList<UnreadNews>,
}

/// The appointment `id` with its history, if it is the viewer's to see, and what they have read of what they were told by opening it as it is here, if anything.
pub(in crate::features::appointments) async fn record(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(Option<NewsSubject>, Accessed<VisitRecord>)>, DbErr> {
    let found = read(viewer, reader, id).await?;
    let told = found.iter().find_map(|row| row.news.0).map(|last| last.of_visit(id));
    Ok(folded(found).map(|record| (told, sealed(id, record))))
}

/// Where the appointment `id` stands, if it is the viewer's to see, and its record, by which its page is told from what it was.
pub(in crate::features::appointments) async fn standing(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
) -> Result<Option<(StandingRecord, Accessed<VisitRecord>)>, DbErr> {
    let found = folded(read(viewer, reader, id).await?);
    Ok(found.map(|record| (record.standing.clone(), sealed(id, record))))
}

/// The history, as far as this build has words for it: a newer one beside it may have more.
pub(super) fn known_events() -> RelationDef {
    let are_known = |_, _| is_one_of(event::Column::Kind, EventKind::iter()).into_condition();
    appointment::Relation::AppointmentEvent.def().on_condition(are_known)
}

fn sealed(id: i64, record: VisitRecord) -> Accessed<VisitRecord> {
    Accessed::new(AuditSubject::Appointment, id, record)
}

/// One statement.
async fn read(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Vec<Row>, DbErr> {
    let visit = appointment::Entity::find().filter(scope(viewer)).filter(Column::Id.eq(id));
    let from_doctor = doctor::Relation::User.def().from_alias("from_doctor");
    let joined = with_standing(visit)
        .join(JoinType::LeftJoin, known_events())
        .join_as(JoinType::LeftJoin, event::Relation::User.def(), "actor")
        .join_as(JoinType::LeftJoin, event::Relation::Doctor.def(), "from_doctor")
        .join_as(JoinType::LeftJoin, from_doctor, "from_doctor_user");
    let calls = call::Entity::find()
        .join(JoinType::InnerJoin, call::Relation::Appointment.def())
        .filter(scope(viewer))
        .filter(call::Column::AppointmentId.eq(id));
    let lists = SideBySide::default()
        .list::<UnreadNews>("news", unread_news(viewer, id))
        .list::<CallOfVisit>("call", calls)
        .list::<Joined>("visit", joined);
    // Of notes all that is told here is on lists as well. Staff are told how the patient is reached, which is no part of a visit.
    let reached =
        viewer.hospital().filter(|_| viewer.role() != Role::Patient).map(|hospital| Topic::Patients(hospital.id));
    let topics = viewer.visit_topics().and([Topic::Visit(id), Topic::Inbox(viewer.user_id)]).and(reached);
    reader.run(topics, async |conn| lists.read(conn).await).await
}

/// Whether it ever began or took place, be it by mistake: what was given then stands.
fn was_started(history: &[EventRow]) -> bool {
    use AppointmentStatus::{Completed, InProgress};
    history.iter().any(|event| matches!(event.to_status, InProgress | Completed))
}

/// The step by which it came to where it stands, if it can be taken back.
fn recorded(history: &[EventRow], status: AppointmentStatus) -> Option<RecordedStep> {
    let led_there = |event: &&EventRow| event.to_status == status && RecordedStep::is_kind(event.kind);
    let EventRow { kind, at, from_status, actor, .. } = history.iter().rfind(led_there)?;
    Some(RecordedStep { kind: *kind, actor_id: actor.id, at: *at, from_status: (*from_status)? })
}

fn folded(found: Vec<Row>) -> Option<VisitRecord> {
    let (mut calls, mut joined) = (Vec::new(), Vec::new());
    for row in found {
        calls.extend(row.call);
        joined.extend(row.visit);
    }
    let mut joined = joined.into_iter();
    let Joined { standing, about, event } = joined.next()?;
    let (mut standing, mut history) = (StandingRecord::from(standing), Vec::from_iter(event));
    // Each step stands beside each guest.
    for Joined { event, standing: StandingRow { guest, .. }, .. } in joined {
        history.extend(event);
        standing.guests.extend(guest);
    }
    history.sort_unstable_by_key(|event| (event.at, event.id));
    history.dedup_by_key(|event| event.id);
    standing.guests.sort_unstable_by_key(|guest| guest.id);
    standing.guests.dedup_by_key(|guest| guest.id);
    standing.was_started = was_started(&history);
    standing.recorded = recorded(&history, standing.row.status);
    Some(VisitRecord { standing, about, history, calls })
}
