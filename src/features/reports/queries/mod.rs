//! Reading what reports are made of: two statements for each, beside the one that finds the viewer (of the platform one more for each 2,000
//! hospitals).

mod calls;
mod sql;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, Utc};
use entity::{
    availability, doctor,
    enums::{AppointmentStatus, Role},
    hospital, time_off, user,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait,
};

pub(super) use self::calls::of_calls;
use self::sql::{BookedTimes, DOCTOR, SPANS, Span, counts};
use super::{
    forms::Range,
    hours::Hours,
    numbers::{DayNumbers, HospitalNumbers, HospitalReport, Numbers, Utilisation},
};
use crate::{
    access::{HospitalOfViewer, Viewer},
    coherence::{Topic, Topics},
    db::{InList, Reader, SideBySide},
    features::schedules::Stretch,
    text::{doctor_name, search_key},
    time_zone::{ClockHours, Tz},
    web::start_of_day,
};

/// Visits of a span that came to the same and waited as long, or a doctor's name and booked minutes.
#[derive(Debug, FromQueryResult)]
struct Row {
    part: i32,
    id: i64,
    first_name: String,
    last_name: String,
    status: Option<AppointmentStatus>,
    /// In minutes, where it is known.
    wait: Option<i64>,
    /// How many visits, or minutes.
    number: i64,
}

/// What was found of spans, by their ids.
#[derive(Debug, Default)]
struct Found {
    spans: BTreeMap<i64, Numbers>,
    doctors: Vec<Row>,
}

impl Found {
    fn add(&mut self, row: Row) {
        match row.status {
            Some(status) => self.spans.entry(row.id).or_default().add(status, row.wait, row.number),
            None if row.part == DOCTOR => self.doctors.push(row),
            None => {}
        }
    }
}

/// The report of the hospital that `viewer` runs. None for anybody else.
pub(super) async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    range: Range,
) -> Result<Option<HospitalReport>, DbErr> {
    let Some(hospital) = viewer.hospital().filter(|_| viewer.role() == Role::HospitalAdmin) else {
        return Ok(None);
    };
    let within = range.span(hospital.zone);
    let spans: Vec<Span> = days(hospital, range).collect();
    let topics = Topics::from([Topic::Board(hospital.id), Topic::Doctors(hospital.id), Topic::Names(hospital.id)]);
    let Found { spans: mut by_id, doctors } = found(reader, topics, (&spans, Some((hospital.id, within)))).await?;
    let mut hours = hours(reader, hospital, &doctors, within).await?;
    let days = range.days().zip(&spans);
    let days = days.map(|(date, span)| DayNumbers { date, numbers: by_id.remove(&span.id).unwrap_or_default() });
    let days: Vec<DayNumbers> = days.collect();
    let total = Numbers::sum(days.iter().map(|day| &day.numbers));
    let doctors = doctors.into_iter().map(|row| {
        let available = hours.remove(&row.id).unwrap_or_default().minutes(range, hospital.zone);
        let name = doctor_name(&row.first_name, &row.last_name);
        Utilisation { name, booked: row.number, available }
    });
    let mut doctors: Vec<Utilisation> = doctors.filter(|doctor| doctor.booked > 0 || doctor.available > 0).collect();
    doctors.sort_by_cached_key(|doctor| search_key(&doctor.name));
    Ok(Some(HospitalReport { days, total, doctors }))
}

fn days(hospital: &HospitalOfViewer, range: Range) -> impl Iterator<Item = Span> {
    let (hospital_id, zone) = (hospital.id, hospital.zone);
    range.days().zip(0..).map(move |(date, id)| {
        let until = start_of_day(date + chrono::Days::new(1), zone);
        Span { id, hospital_id, from: start_of_day(date, zone), until }
    })
}

/// The numbers of every hospital, by name, to whoever runs the platform. Days are those of each hospital's own zone.
pub(super) async fn of_platform(viewer: &Viewer, reader: &Reader, range: Range) -> Result<Vec<HospitalNumbers>, DbErr> {
    if !viewer.runs_platform() {
        return Ok(Vec::new());
    }
    let hospitals = hospitals(reader).await?;
    let spans: Vec<Span> = hospitals
        .iter()
        .map(|(id, _, zone)| {
            let Stretch { starts_at: from, ends_at: until } = range.span(zone.parse().unwrap_or(Tz::UTC));
            Span { id: *id, hospital_id: *id, from, until }
        })
        .collect();
    if spans.is_empty() {
        return Ok(Vec::new());
    }
    let topics = Topics::each(spans.iter().map(|span| Topic::Board(span.hospital_id)));
    let mut by_id = found(reader, topics, (&spans, None)).await?.spans;
    let numbered = hospitals.into_iter();
    let numbered =
        numbered.map(|(id, name, _)| HospitalNumbers { name, numbers: by_id.remove(&id).unwrap_or_default() });
    Ok(numbered.collect())
}

async fn hospitals(reader: &Reader) -> Result<Vec<(i64, String, String)>, DbErr> {
    use hospital::Column;
    let found = hospital::Entity::find()
        .select_only()
        .columns([Column::Id, Column::Name, Column::TimeZone])
        .order_by_asc(Column::Name)
        .order_by_asc(Column::Id);
    reader.run(Topic::Hospitals, async |conn| found.clone().into_tuple().all(conn).await).await
}

async fn found(
    reader: &Reader,
    topics: Topics,
    (spans, doctors): (&[Span], Option<BookedTimes>),
) -> Result<Found, DbErr> {
    let (mut found, mut doctors) = (Found::default(), doctors);
    for spans in spans.chunks(SPANS) {
        let doctors = doctors.take();
        let rows: Vec<Row> = reader
            .run(topics.clone(), async |conn| {
                Row::find_by_statement(counts(conn.get_database_backend(), spans, doctors)).all(conn).await
            })
            .await?;
        rows.into_iter().for_each(|row| found.add(row));
    }
    Ok(found)
}

/// A window of a week.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "availability::Entity")]
struct Working {
    doctor_id: i64,
    weekday: i16,
    start_time: NaiveTime,
    end_time: NaiveTime,
    end_minute: Option<i32>,
}

/// An absence.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "time_off::Entity")]
struct Away {
    doctor_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct WindowOfDoctor {
    #[sea_orm(nested(prefix = "working_"))]
    working: InList<Working>,
    #[sea_orm(nested(prefix = "away_"))]
    away: InList<Away>,
}

/// The hours of each of `doctors`, with the absences that meet `within`.
async fn hours(
    reader: &Reader,
    hospital: &HospitalOfViewer,
    doctors: &[Row],
    within: Stretch,
) -> Result<BTreeMap<i64, Hours>, DbErr> {
    let topics = Topics::each(doctors.iter().map(|doctor| Topic::Schedule(doctor.id)));
    let here = user::Column::HospitalId.eq(hospital.id);
    let working = availability::Entity::find()
        .join(JoinType::InnerJoin, availability::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(here.clone());
    let away = time_off::Entity::find()
        .join(JoinType::InnerJoin, time_off::Relation::Doctor.def())
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .filter(here)
        .filter(time_off::Column::StartsAt.lt(within.ends_at))
        .filter(time_off::Column::EndsAt.gt(within.starts_at));
    let lists = SideBySide::default().list::<Working>("working", working).list::<Away>("away", away);
    let rows: Vec<WindowOfDoctor> = reader.run(topics, async |conn| lists.read(conn).await).await?;
    let mut hours: BTreeMap<i64, Hours> = BTreeMap::new();
    for WindowOfDoctor { working, away } in rows {
        for row in working {
            let window = ClockHours::stored(row.start_time, row.end_time, row.end_minute);
            hours.entry(row.doctor_id).or_default().windows.push((row.weekday, window));
        }
        for row in away {
            let absence = Stretch { starts_at: row.starts_at, ends_at: row.ends_at };
            hours.entry(row.doctor_id).or_default().absences.push(absence);
        }
    }
    Ok(hours)
}
