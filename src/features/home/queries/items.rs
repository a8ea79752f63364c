//! Every list of a dashboard, in one statement.
//!
//! Each list is a *section*: a small statement that finds the ids of its rows, cut to what is shown.
//! Their union is joined once to appointments with their parties, to notifications, and to people.

use chrono::{DateTime, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, NotificationKind, Role},
    notification, user,
};
use sea_orm::{
    ColumnTrait, DbErr, FromQueryResult, Order, QueryResult, StatementBuilder,
    sea_query::{Alias, Condition, Expr, IntoColumnRef, Query, SelectStatement},
};

use super::{
    counts::{is, is_busy, starts_within, upcoming},
    figures::hospital_topics,
    union::joined,
};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::Reader,
    features::appointments::{AppointmentRow, needs_outcome, scope},
};

/// How many rows the cut lists show.
const SHOWN: u64 = 10;
/// How many unread notifications and newest people are shown.
const FEW: u64 = 5;
/// How long a day's list or a waiting room may become on a dashboard; beyond it the full list is a click away.
const MANY: u64 = 100;

/// Which list a row belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// A doctor's today and next 24 hours; a hospital's today.
    Agenda,
    /// Who has arrived and waits.
    Waiting,
    /// Requests to decide, or the patient's own.
    Requests,
    /// Past appointments without an outcome.
    NeedsOutcome,
    /// The patient's coming visits.
    Upcoming,
    /// Times that were proposed to the patient.
    Proposed,
    /// Unread notifications.
    Unread,
    /// The newest doctors.
    Doctors,
    /// The newest patients.
    Patients,
}

impl Section {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Agenda, "agenda"),
        (Self::Waiting, "waiting"),
        (Self::Requests, "requests"),
        (Self::NeedsOutcome, "needs_outcome"),
        (Self::Upcoming, "upcoming"),
        (Self::Proposed, "proposed"),
        (Self::Unread, "unread"),
        (Self::Doctors, "doctors"),
        (Self::Patients, "patients"),
    ];

    fn code(self) -> &'static str {
        Self::ALL.into_iter().find(|(section, _)| *section == self).map_or("", |(_, code)| code)
    }
}

/// A row of one of the lists.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    pub section: Section,
    /// The appointment it is, or is about.
    pub appointment: Option<AppointmentRow>,
    pub notification: Option<UnreadRow>,
    pub person: Option<PersonRow>,
}

/// An unread notification; its appointment is beside it.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct UnreadRow {
    pub notification_id: i64,
    pub kind: NotificationKind,
    pub notified_at: DateTime<Utc>,
    pub rejection_reason: Option<String>,
    pub cancellation_reason: Option<String>,
}

/// Somebody new.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct PersonRow {
    /// `doctor.id` or `patient.id`, by section.
    pub person_id: i64,
    pub first_name: String,
    pub last_name: String,
    pub joined_at: DateTime<Utc>,
}

impl FromQueryResult for Item {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let code: String = row.try_get(prefix, "section")?;
        let (section, _) = Section::ALL
            .into_iter()
            .find(|(_, known)| *known == code)
            .ok_or_else(|| DbErr::Custom(format!("unknown section {code}")))?;
        let has = |column: &str| row.try_get::<Option<i64>>(prefix, column).map(|id| id.is_some());
        Ok(Self {
            section,
            appointment: if has("id")? { Some(AppointmentRow::from_query_result(row, prefix)?) } else { None },
            notification: if has("notification_id")? { Some(UnreadRow::from_query_result(row, prefix)?) } else { None },
            person: if has("person_id")? { Some(PersonRow::from_query_result(row, prefix)?) } else { None },
        })
    }
}

/// The lists of `viewer`, a doctor; `agenda` is from the start of their local day to the end of the next
/// 24 hours.
pub(crate) async fn doctor_items(
    viewer: &Viewer,
    reader: &Reader,
    (now, agenda): (DateTime<Utc>, (DateTime<Utc>, DateTime<Utc>)),
) -> Result<Vec<Item>, DbErr> {
    let own = |condition: Condition| scope(viewer).add(condition);
    let visits = AppointmentStatus::BUSY.into_iter().chain([AppointmentStatus::Completed, AppointmentStatus::NoShow]);
    let day = own(starts_within(agenda).add(Column::Status.is_in(visits)));
    read(
        (reader, visits_and_inbox(viewer)),
        vec![
            appointments(Section::Agenda, day, MANY),
            appointments(Section::Waiting, own(Condition::all().add(is(AppointmentStatus::Waiting))), MANY),
            appointments(Section::Requests, own(Condition::all().add(is(AppointmentStatus::Requested))), SHOWN),
            appointments(Section::NeedsOutcome, own(needs_outcome(now)), SHOWN),
            unread(viewer),
        ],
    )
    .await
}

/// The lists of `viewer`, a patient.
pub(crate) async fn patient_items(viewer: &Viewer, reader: &Reader, now: DateTime<Utc>) -> Result<Vec<Item>, DbErr> {
    let own = |condition: Condition| scope(viewer).add(condition);
    read(
        (reader, visits_and_inbox(viewer)),
        vec![
            appointments(Section::Upcoming, own(upcoming(now)), SHOWN),
            appointments(Section::Requests, own(Condition::all().add(is(AppointmentStatus::Requested))), SHOWN),
            appointments(Section::Proposed, own(Condition::all().add(is(AppointmentStatus::Proposed))), SHOWN),
            unread(viewer),
        ],
    )
    .await
}

/// The lists of a hospital for `viewer`, its administrator: of today, what is not over yet.
pub(crate) async fn hospital_items(
    viewer: &Viewer,
    reader: &Reader,
    (now, today): (DateTime<Utc>, (DateTime<Utc>, DateTime<Utc>)),
) -> Result<Vec<Item>, DbErr> {
    let own = |condition: Condition| scope(viewer).add(condition);
    let open = Condition::any().add(is_busy()).add(Column::EndsAt.gte(now));
    let board = own(starts_within(today).add(open).add(super::counts::stands()));
    read(
        (reader, hospital_topics(viewer).and([Topic::Inbox(viewer.user_id)])),
        vec![
            appointments(Section::Agenda, board, MANY),
            appointments(Section::Waiting, own(Condition::all().add(is(AppointmentStatus::Waiting))), MANY),
            longest_waiting_requests(own(Condition::all().add(is(AppointmentStatus::Requested)))),
            newest(Section::Doctors, Role::Doctor, viewer),
            newest(Section::Patients, Role::Patient, viewer),
            unread(viewer),
        ],
    )
    .await
}

fn visits_and_inbox(viewer: &Viewer) -> Topics {
    viewer.visit_topics().and([Topic::Inbox(viewer.user_id)])
}

/// A section of appointments, the earliest first.
fn appointments(section: Section, condition: Condition, shown: u64) -> SelectStatement {
    ids(section, (appointment::Entity, Column::Id), NOTHING, NOTHING)
        .from(appointment::Entity)
        .cond_where(condition)
        .order_by((appointment::Entity, Column::StartsAt), Order::Asc)
        .limit(shown)
        .to_owned()
}

fn longest_waiting_requests(condition: Condition) -> SelectStatement {
    ids(Section::Requests, (appointment::Entity, Column::Id), NOTHING, NOTHING)
        .from(appointment::Entity)
        .cond_where(condition)
        .order_by((appointment::Entity, Column::CreatedAt), Order::Asc)
        .limit(SHOWN)
        .to_owned()
}

fn unread(viewer: &Viewer) -> SelectStatement {
    ids(
        Section::Unread,
        (notification::Entity, notification::Column::AppointmentId),
        Some((notification::Entity, notification::Column::Id)),
        NOTHING,
    )
    .from(notification::Entity)
    .and_where(notification::Column::RecipientId.eq(viewer.user_id))
    .and_where(notification::Column::ReadAt.is_null())
    .order_by((notification::Entity, notification::Column::Id), Order::Desc)
    .limit(FEW)
    .to_owned()
}

fn newest(section: Section, role: Role, viewer: &Viewer) -> SelectStatement {
    Query::select()
        .expr_as(Expr::val(section.code()), Alias::new("section"))
        .expr_as(null(), Alias::new("item_appointment_id"))
        .expr_as(null(), Alias::new("item_notification_id"))
        .expr_as(Expr::col((user::Entity, user::Column::Id)), Alias::new("item_user_id"))
        .from(user::Entity)
        .and_where(user::Column::HospitalId.eq(viewer.hospital().map(|hospital| hospital.id)))
        .and_where(user::Column::Role.eq(role))
        .and_where(user::Column::Active.eq(true))
        .order_by((user::Entity, user::Column::Id), Order::Desc)
        .limit(FEW)
        .to_owned()
}

const NOTHING: Option<(notification::Entity, notification::Column)> = None;

/// `SELECT 'section', appointment, notification, user`, each an id or null.
fn ids(
    section: Section,
    appointment: impl IntoColumnRef,
    notification: Option<impl IntoColumnRef>,
    user: Option<impl IntoColumnRef>,
) -> SelectStatement {
    Query::select()
        .expr_as(Expr::val(section.code()), Alias::new("section"))
        .expr_as(Expr::col(appointment), Alias::new("item_appointment_id"))
        .expr_as(notification.map_or_else(null, Expr::col), Alias::new("item_notification_id"))
        .expr_as(user.map_or_else(null, Expr::col), Alias::new("item_user_id"))
        .to_owned()
}

/// A null that Postgres takes for an id in every branch of a union.
fn null() -> Expr {
    Expr::cust("CAST(NULL AS bigint)")
}

async fn read((reader, topics): (&Reader, Topics), sections: Vec<SelectStatement>) -> Result<Vec<Item>, DbErr> {
    let statement = joined(sections);
    reader
        .run(topics, async |conn| {
            let backend = sea_orm::ConnectionTrait::get_database_backend(conn);
            Item::find_by_statement(StatementBuilder::build(&statement, &backend)).all(conn).await
        })
        .await
}
