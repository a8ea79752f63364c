//! Reading schedules: one statement for a doctor's windows, absences and busy visits.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use entity::{
    doctor,
    enums::{AppointmentStatus, Role},
    hospital, user,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationTrait, Statement,
};

use super::free::{Rules, Schedule, Stretch, Window};
use crate::{
    access::{Standing, Viewer},
    coherence::{Topic, Topics},
    db::Reader,
};

/// A doctor whose times are looked at, and how their hospital books.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct DoctorOfSchedule {
    pub(super) id: i64,
    pub(super) user_id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) slot_minutes: i32,
    pub(super) booking_lead_hours: i32,
}

impl DoctorOfSchedule {
    /// The rules as they hold for `viewer`.
    pub(super) fn rules(&self, viewer: &Viewer) -> Rules {
        rules(viewer, (self.slot_minutes, self.booking_lead_hours))
    }

    /// As it is written everywhere.
    pub(super) fn name(&self) -> String {
        format!("Dr {} {}", self.first_name, self.last_name)
    }
}

/// The rules of the viewer's hospital, as they hold for them: only patients must book ahead.
pub(crate) fn rules(viewer: &Viewer, (slot_minutes, lead_hours): (i32, i32)) -> Rules {
    let lead = if viewer.role() == Role::Patient { lead_hours } else { 0 };
    Rules { zone: viewer.zone(), slot: TimeDelta::minutes(slot_minutes.into()), lead: TimeDelta::hours(lead.into()) }
}

/// The doctor `id` of the viewer's hospital who practises there; to its administrator and to themselves any.
pub(super) async fn doctor(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<DoctorOfSchedule>, DbErr> {
    let Some(hospital) = viewer.hospital() else { return Ok(None) };
    let mut found = doctor::Entity::find_by_id(id)
        .select_only()
        .columns([doctor::Column::Id, doctor::Column::UserId])
        .columns([user::Column::FirstName, user::Column::LastName])
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours])
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .filter(user::Column::HospitalId.eq(hospital.id))
        .filter(user::Column::Role.eq(Role::Doctor));
    if viewer.role() != Role::HospitalAdmin {
        found = found.filter(user::Column::Active.eq(true));
    }
    let topics = Topics::from([Topic::Doctors(hospital.id), Topic::Hospital(hospital.id)]);
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}

/// The same, for whoever keeps the doctor's schedule: themselves or their hospital's administrator.
pub(super) async fn keeper(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<DoctorOfSchedule>, DbErr> {
    let is_keeper = match &viewer.standing {
        Standing::HospitalAdmin { .. } => true,
        Standing::Doctor { doctor_id, .. } => *doctor_id == id,
        Standing::Patient { .. } | Standing::SuperAdmin => false,
    };
    if is_keeper { doctor(viewer, reader, id).await } else { Ok(None) }
}

/// What a row is.
const ABSENCE: i32 = 0;
const BUSY: i32 = 1;
const PATIENT_BUSY: i32 = 2;

#[derive(Debug, FromQueryResult)]
struct Row {
    kind: i32,
    id: i64,
    weekday: Option<i32>,
    start_time: Option<String>,
    end_time: Option<String>,
    starts_at: Option<DateTime<Utc>>,
    ends_at: Option<DateTime<Utc>>,
    note: Option<String>,
}

/// An absence with its row.
#[derive(Clone, Debug)]
pub(super) struct Absence {
    pub(super) id: i64,
    pub(super) stretch: Stretch,
    pub(super) reason: Option<String>,
}

/// The schedule of `doctor_id` as far as it touches `within`; with the busy visits of `patient_id` if one is named. The
/// caller has seen to it that the viewer may know.
pub(crate) async fn schedule(
    reader: &Reader,
    (doctor_id, patient_id): (i64, Option<i64>),
    within: Stretch,
) -> Result<Schedule, DbErr> {
    schedule_and_absences(reader, (doctor_id, patient_id), within).await.map(|(schedule, _)| schedule)
}

/// The same with the absences as rows, in order.
pub(super) async fn schedule_and_absences(
    reader: &Reader,
    (doctor_id, patient_id): (i64, Option<i64>),
    within: Stretch,
) -> Result<(Schedule, Vec<Absence>), DbErr> {
    let topics = Topics::from([Topic::Schedule(doctor_id), Topic::Agenda(doctor_id)]);
    let topics = topics.and(patient_id.map(Topic::PatientAgenda));
    let sql = sql(patient_id.is_some());
    let rows = reader
        .run(topics, async |conn| {
            // No visit is longer than a day: so the index on starts needs no look at the whole archive.
            let earliest = within.starts_at - TimeDelta::days(1);
            let mut values = vec![doctor_id.into(), within.starts_at.into(), within.ends_at.into(), earliest.into()];
            values.extend(patient_id.map(Into::into));
            let statement = Statement::from_sql_and_values(conn.get_database_backend(), &sql, values);
            Row::find_by_statement(statement).all(conn).await
        })
        .await?;
    let (mut schedule, mut absences) = (Schedule::default(), Vec::new());
    for row in rows {
        sort(row, &mut schedule, &mut absences)?;
    }
    absences.sort_by_key(|absence| (absence.stretch, absence.id));
    schedule.windows.sort_by_key(|window| (window.weekday, window.start_time, window.id));
    Ok((schedule, absences))
}

fn sort(row: Row, schedule: &mut Schedule, absences: &mut Vec<Absence>) -> Result<(), DbErr> {
    if let (Some(weekday), Some(start), Some(end)) = (row.weekday, &row.start_time, &row.end_time) {
        let weekday = i16::try_from(weekday).unwrap_or_default();
        schedule.windows.push(Window { id: row.id, weekday, start_time: time(start)?, end_time: time(end)? });
    }
    if let Some((starts_at, ends_at)) = row.starts_at.zip(row.ends_at) {
        let stretch = Stretch { starts_at, ends_at };
        match row.kind {
            ABSENCE => {
                schedule.absences.push(stretch);
                absences.push(Absence { id: row.id, stretch, reason: row.note });
            }
            BUSY => schedule.busy.push(stretch),
            _ => schedule.patient_busy.push(stretch),
        }
    }
    Ok(())
}

/// `$1` the doctor, `$2` and `$3` from when to when, `$4` a day before that, `$5` the patient. Instants stand in the first branch: the types of a
/// union are those of its first two.
fn sql(with_patient: bool) -> String {
    let busy = AppointmentStatus::BUSY.map(|status| format!("'{}'", status.to_value())).join(", ");
    let visits = |kind: i32, whose: &str| {
        format!(
            " UNION ALL SELECT {kind}, visit.id, NULL, NULL, NULL, visit.starts_at, visit.ends_at, NULL \
             FROM appointment AS visit WHERE visit.{whose} AND visit.status IN ({busy}) \
             AND visit.starts_at < $3 AND visit.starts_at > $4 AND visit.ends_at > $2"
        )
    };
    let patient = if with_patient { visits(PATIENT_BUSY, "patient_id = $5") } else { String::new() };
    format!(
        "SELECT {ABSENCE} AS kind, absence.id AS id, CAST(NULL AS integer) AS weekday, CAST(NULL AS text) AS start_time, \
         CAST(NULL AS text) AS end_time, absence.starts_at AS starts_at, absence.ends_at AS ends_at, \
         CAST(absence.reason AS text) AS note FROM time_off AS absence \
         WHERE absence.doctor_id = $1 AND absence.starts_at < $3 AND absence.ends_at > $2{}{patient} \
         UNION ALL SELECT 3, work.id, CAST(work.weekday AS integer), CAST(work.start_time AS text), \
         CAST(work.end_time AS text), NULL, NULL, NULL FROM availability AS work WHERE work.doctor_id = $1",
        visits(BUSY, "doctor_id = $1")
    )
}

fn time(text: &str) -> Result<NaiveTime, DbErr> {
    NaiveTime::parse_from_str(text, "%H:%M:%S%.f").map_err(|error| DbErr::Type(format!("{text} is no time: {error}")))
}
