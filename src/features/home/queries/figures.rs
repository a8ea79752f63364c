//! Every count of a dashboard, in one statement. True counts, never the length of a cut list.

use chrono::{DateTime, Duration, Utc};
use entity::{
    appointment::{self, Column},
    enums::{AppointmentStatus, Role},
    hospital, user,
};
use sea_orm::{
    ColumnTrait, DbErr, FromQueryResult, StatementBuilder,
    sea_query::{Alias, Asterisk, Condition, Expr, Func, Query, SelectStatement},
};

use super::counts::{
    appointments, distinct, first, is, next_24_hours, row_of, stands, starts_from, starts_within, upcoming,
};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::Reader,
    features::appointments::{STATUSES, needs_outcome, not_over, scope, status_tag},
    web::Present,
};

/// What a doctor's dashboard counts.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct DoctorFigures {
    pub next_24_hours: i64,
    pub waiting: i64,
    pub requests: i64,
    pub needs_outcome: i64,
    pub patients_seen: i64,
    /// The next visit to begin: it leaves the next 24 hours then.
    next_start: Option<DateTime<Utc>>,
    /// The first visit beyond the next 24 hours: it enters them.
    next_entry: Option<DateTime<Utc>>,
    /// The next busy visit to end: it needs an outcome then.
    next_end: Option<DateTime<Utc>>,
}

/// What a patient's dashboard counts.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct PatientFigures {
    pub upcoming: i64,
    pub requests: i64,
    pub proposed: i64,
    pub completed: i64,
    pub doctors: i64,
    /// The next agreed visit to end: it is not to come any more.
    next_end: Option<DateTime<Utc>>,
}

/// What a hospital administrator's dashboard counts.
#[derive(Clone, Debug)]
pub(crate) struct HospitalFigures {
    pub doctors: i64,
    pub patients: i64,
    pub visits_today: i64,
    pub waiting: i64,
    pub requests: i64,
    /// Of today's appointments, how many are in each state, in the order of `STATUSES`.
    pub today_by_status: Vec<(AppointmentStatus, i64)>,
}

/// What a platform administrator's dashboard counts: active ones only.
#[derive(Clone, Debug, Default, FromQueryResult)]
pub(crate) struct PlatformFigures {
    pub hospitals: i64,
    pub admins: i64,
    pub doctors: i64,
    pub patients: i64,
}

/// The figures of `viewer`, a doctor.
pub(crate) async fn of_doctor(viewer: &Viewer, reader: &Reader, present: &Present) -> Result<DoctorFigures, DbErr> {
    let (now, tomorrow) = (present.instant(), present.instant() + Duration::hours(24));
    let own = |condition: Condition| scope(viewer).add(condition);
    let in_state = |status| own(Condition::all().add(is(status)));
    let counts = row_of(vec![
        ("next_24_hours", appointments(own(next_24_hours(now)))),
        ("waiting", appointments(in_state(AppointmentStatus::Waiting))),
        ("requests", appointments(in_state(AppointmentStatus::Requested))),
        ("needs_outcome", appointments(own(needs_outcome(now)))),
        ("patients_seen", distinct((appointment::Entity, Column::PatientId), in_state(AppointmentStatus::Completed))),
        ("next_start", first(Column::StartsAt, own(starts_from(now)))),
        ("next_entry", first(Column::StartsAt, own(starts_from(tomorrow)))),
        ("next_end", first(Column::EndsAt, own(not_over(now)))),
    ]);
    let figures: DoctorFigures = the_row(reader, viewer.visit_topics(), &counts).await?;
    present.ends_with(figures.next_start);
    present.ends_with(figures.next_entry.map(|starts_at| starts_at - Duration::hours(24)));
    present.ends_with(figures.next_end);
    Ok(figures)
}

/// The figures of `viewer`, a patient.
pub(crate) async fn of_patient(viewer: &Viewer, reader: &Reader, present: &Present) -> Result<PatientFigures, DbErr> {
    let now = present.instant();
    let own = |condition: Condition| scope(viewer).add(condition);
    let in_state = |status| own(Condition::all().add(is(status)));
    let counts = row_of(vec![
        ("upcoming", appointments(own(upcoming(now)))),
        ("requests", appointments(in_state(AppointmentStatus::Requested))),
        ("proposed", appointments(in_state(AppointmentStatus::Proposed))),
        ("completed", appointments(in_state(AppointmentStatus::Completed))),
        ("doctors", distinct((appointment::Entity, Column::DoctorId), in_state(AppointmentStatus::Completed))),
        ("next_end", first(Column::EndsAt, own(upcoming(now)))),
    ]);
    let figures: PatientFigures = the_row(reader, viewer.visit_topics(), &counts).await?;
    present.ends_with(figures.next_end);
    Ok(figures)
}

/// The figures of the hospital that `viewer` runs; `today` is its local date as two instants.
pub(crate) async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    today: (DateTime<Utc>, DateTime<Utc>),
) -> Result<HospitalFigures, DbErr> {
    let row = hospital_counts(viewer, today);
    reader
        .run(hospital_topics(viewer), async |conn| {
            let found = sea_orm::ConnectionTrait::query_one(conn, &row).await?.ok_or_else(no_row)?;
            let number = |name: &str| found.try_get::<i64>("", name);
            let today_in = |status| Ok((status, number(&today_name(status))?));
            Ok(HospitalFigures {
                doctors: number("doctors")?,
                patients: number("patients")?,
                visits_today: number("visits_today")?,
                waiting: number("waiting")?,
                requests: number("requests")?,
                today_by_status: STATUSES.into_iter().map(today_in).collect::<Result<_, DbErr>>()?,
            })
        })
        .await
}

/// What a hospital's dashboard depends on: its visits and its people.
pub(super) fn hospital_topics(viewer: &Viewer) -> Topics {
    let people = viewer.hospital().map(|hospital| [Topic::Doctors(hospital.id), Topic::Patients(hospital.id)]);
    viewer.visit_topics().and(people.into_iter().flatten())
}

fn hospital_counts(viewer: &Viewer, today: (DateTime<Utc>, DateTime<Utc>)) -> SelectStatement {
    let own = |condition: Condition| scope(viewer).add(condition);
    let hospital_id = viewer.hospital().map(|hospital| hospital.id);
    let in_state = |status| own(Condition::all().add(is(status)));
    let members = |role| people(role).and_where(user::Column::HospitalId.eq(hospital_id)).to_owned();
    let mut row = row_of(vec![
        ("doctors", members(Role::Doctor)),
        ("patients", members(Role::Patient)),
        ("visits_today", appointments(own(starts_within(today).add(stands())))),
        ("waiting", appointments(in_state(AppointmentStatus::Waiting))),
        ("requests", appointments(in_state(AppointmentStatus::Requested))),
    ]);
    for status in STATUSES {
        let count = appointments(own(starts_within(today).add(is(status))));
        row.expr_as(Expr::from(count), Alias::new(today_name(status)));
    }
    row
}

/// Prefixed, for `waiting` is both a figure and a state of today's visits.
fn today_name(status: AppointmentStatus) -> String {
    format!("today_{}", status_tag(status).code)
}

/// The figures of the platform, which only its administrators see.
pub(crate) async fn of_platform(viewer: &Viewer, reader: &Reader) -> Result<PlatformFigures, DbErr> {
    if !viewer.runs_platform() {
        return Ok(PlatformFigures::default());
    }
    let hospitals = Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(hospital::Entity)
        .and_where(hospital::Column::Active.eq(true))
        .to_owned();
    let counts = row_of(vec![
        ("hospitals", hospitals),
        ("admins", people(Role::HospitalAdmin)),
        ("doctors", people(Role::Doctor)),
        ("patients", people(Role::Patient)),
    ]);
    the_row(reader, [Topic::Hospitals, Topic::Platform], &counts).await
}

/// How many active people have `role`.
fn people(role: Role) -> SelectStatement {
    Query::select()
        .expr(Func::count(Expr::col(Asterisk)))
        .from(user::Entity)
        .and_where(user::Column::Role.eq(role))
        .and_where(user::Column::Active.eq(true))
        .to_owned()
}

async fn the_row<T: FromQueryResult>(
    reader: &Reader,
    topics: impl Into<Topics>,
    counts: &SelectStatement,
) -> Result<T, DbErr> {
    reader
        .run(topics, async |conn| {
            let backend = sea_orm::ConnectionTrait::get_database_backend(conn);
            T::find_by_statement(StatementBuilder::build(counts, &backend)).one(conn).await?.ok_or_else(no_row)
        })
        .await
}

fn no_row() -> DbErr {
    DbErr::Custom("a statement of counts gave no row".to_owned())
}
