//! Those who wait for the same doctor, and how late the doctor runs.

use chrono::{DateTime, Days, NaiveDate, Utc};
use entity::{appointment::Column, doctor, doctor_delay, enums::AppointmentStatus};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use crate::{
    coherence::Topic,
    db::{Reader, is_word},
    features::appointments::arrived_at,
    time_zone::Tz,
};

/// Whose line a visit stands in, and on which day: its own.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::visits) struct PlaceInLine {
    pub(in crate::features::visits) doctor_id: i64,
    pub(in crate::features::visits) starts_at: DateTime<Utc>,
}

/// Those who wait for a doctor, and how late the doctor runs.
#[derive(Clone, Debug, Default)]
pub(in crate::features::visits) struct Line {
    /// In minutes; none when nobody has said so.
    pub(in crate::features::visits) delay: Option<i32>,
    /// `appointment.id` of those who wait, whoever came first before the others.
    pub(in crate::features::visits) waiting: Vec<i64>,
}

#[derive(FromQueryResult)]
struct LineRow {
    minutes: Option<i32>,
    visit_id: Option<i64>,
    arrived_at: Option<DateTime<Utc>>,
}

/// Who waits for the doctor on the day of the visit, and how late the doctor runs on `today`. Who was left waiting on another day is before nobody.
/// One statement.
pub(in crate::features::visits) async fn line(
    reader: &Reader,
    PlaceInLine { doctor_id, starts_at }: PlaceInLine,
    (today, zone): (NaiveDate, Tz),
) -> Result<Line, DbErr> {
    let day = zone.local(starts_at).date();
    let (from, until) = (zone.start_of_day(day), zone.start_of_day(day + Days::new(1)));
    let delay = doctor::Relation::DoctorDelay
        .def()
        .on_condition(move |_, delay| Expr::col((delay, doctor_delay::Column::Day)).eq(today).into_condition());
    let waiting = doctor::Relation::Appointment.def().on_condition(move |_, _| {
        let waits = is_word(Column::Status, AppointmentStatus::Waiting).into_condition();
        waits.add(Column::StartsAt.gte(from)).add(Column::StartsAt.lt(until))
    });
    let found = doctor::Entity::find_by_id(doctor_id)
        .select_only()
        .column_as(doctor_delay::Column::Minutes, "minutes")
        .column_as(Column::Id, "visit_id")
        .expr_as(arrived_at(), "arrived_at")
        .join(JoinType::LeftJoin, delay)
        .join(JoinType::LeftJoin, waiting);
    let topics = [Topic::Agenda(doctor_id), Topic::Schedule(doctor_id)];
    let found: Vec<LineRow> = reader.run(topics, async |conn| found.clone().into_model().all(conn).await).await?;
    let delay = found.first().and_then(|row| row.minutes).filter(|minutes| *minutes > 0);
    let mut waiting: Vec<_> = found.into_iter().filter_map(|row| Some((row.arrived_at, row.visit_id?))).collect();
    waiting.sort_unstable();
    Ok(Line { delay, waiting: waiting.into_iter().map(|(_, id)| id).collect() })
}
