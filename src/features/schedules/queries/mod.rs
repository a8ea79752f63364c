//! Reading schedules: one statement for windows, absences and busy visits, of one doctor or of several.

mod concerned;
mod doctor_times;
mod managed;
mod several;
mod week;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use entity::{
    appointment, availability, doctor,
    enums::{AppointmentStatus, Role},
    hospital, time_off, user,
};
use sea_orm::{
    ColumnTrait, DbErr, DerivePartialModel, EntityTrait, FromQueryResult, JoinType, QueryFilter, QuerySelect,
    RelationTrait, Select,
    sea_query::{ExprTrait as _, SimpleExpr},
};

pub(super) use concerned::{ConcernedPerson, concerned};
pub(crate) use doctor_times::{DoctorTime, DoctorTimes};
pub(super) use managed::managed;
pub(crate) use managed::{ManagedAbsence, managed_absence};
pub(super) use several::practising;
pub(crate) use several::{Candidates, several, several_now};
pub(super) use week::{PlannedVisit, Week, week};

use super::free::{Rules, Schedule, Stretch, Window};
use crate::{
    access::Viewer,
    coherence::{Topic, Topics},
    db::{InList, ReadConnection, Reader, SideBySide, is_one_of, is_word},
    text::doctor_name,
    time_zone::ClockHours,
};

/// A doctor whose times are looked at, and how their hospital books.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct DoctorOfSchedule {
    pub(crate) id: i64,
    pub(crate) user_id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// Their field.
    pub(super) specialization: String,
    /// Whether they take new patients.
    pub(super) accepting: bool,
    pub(super) slot_minutes: i32,
    pub(super) booking_lead_hours: i32,
}

impl DoctorOfSchedule {
    /// The rules as they hold for `viewer`.
    pub(crate) fn rules(&self, viewer: &Viewer) -> Rules {
        rules(viewer, self.slot_minutes, self.booking_lead_hours)
    }

    /// As they stand in a list of doctors to choose from.
    pub(super) fn label(&self) -> String {
        format!("{}, {}", self.name(), self.specialization)
    }

    /// As it is written everywhere.
    pub(crate) fn name(&self) -> String {
        doctor_name(&self.first_name, &self.last_name)
    }
}

/// The rules of the viewer's hospital, as they hold for them: only patients must book ahead.
pub(crate) fn rules(viewer: &Viewer, slot_minutes: i32, lead_hours: i32) -> Rules {
    let lead = if viewer.role() == Role::Patient { lead_hours } else { 0 };
    Rules { zone: viewer.zone(), slot: TimeDelta::minutes(slot_minutes.into()), lead: TimeDelta::hours(lead.into()) }
}

/// The doctor `id` of the viewer's hospital who practises there; to its administrator and to themselves any.
pub(super) async fn doctor(viewer: &Viewer, reader: &Reader, id: i64) -> Result<Option<DoctorOfSchedule>, DbErr> {
    let Some(hospital) = viewer.hospital() else { return Ok(None) };
    let mut found = of_hospital(hospital.id).filter(doctor::Column::Id.eq(id));
    if viewer.role() != Role::HospitalAdmin {
        found = found.filter(user::Column::Active.eq(true));
    }
    let topics = Topics::from([Topic::Doctors(hospital.id), Topic::Hospital(hospital.id)]);
    reader.run(topics, async |conn| found.clone().into_model().one(conn).await).await
}

/// The doctors of a hospital, as [`DoctorOfSchedule`] has them.
fn of_hospital(hospital_id: i64) -> Select<doctor::Entity> {
    doctor::Entity::find()
        .select_only()
        .columns([
            doctor::Column::Id,
            doctor::Column::UserId,
            doctor::Column::Specialization,
            doctor::Column::Accepting,
        ])
        .columns([user::Column::FirstName, user::Column::LastName])
        .columns([hospital::Column::SlotMinutes, hospital::Column::BookingLeadHours])
        .join(JoinType::InnerJoin, doctor::Relation::User.def())
        .join(JoinType::InnerJoin, user::Relation::Hospital.def())
        .filter(user::Column::HospitalId.eq(hospital_id))
        .filter(is_word(user::Column::Role, Role::Doctor))
}

/// A window of a doctor's week.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "availability::Entity")]
pub(crate) struct Working {
    id: i64,
    doctor_id: i64,
    weekday: i16,
    start_time: NaiveTime,
    end_time: NaiveTime,
    end_minute: Option<i32>,
}

/// An absence of a doctor.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "time_off::Entity")]
pub(crate) struct Away {
    id: i64,
    doctor_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    reason: Option<String>,
}

/// A visit that takes somebody's time.
#[derive(Debug, DerivePartialModel)]
#[sea_orm(entity = "appointment::Entity")]
struct Busy {
    doctor_id: i64,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    #[sea_orm(nested(prefix = "working_"))]
    working: InList<Working>,
    #[sea_orm(nested(prefix = "away_"))]
    away: InList<Away>,
    #[sea_orm(nested(prefix = "busy_"))]
    busy: InList<Busy>,
    #[sea_orm(nested(prefix = "patient_"))]
    patient: InList<Busy>,
    #[sea_orm(nested(prefix = "asked_"))]
    asked: InList<Busy>,
}

/// An absence with its row.
#[derive(Clone, Debug)]
pub(crate) struct Absence {
    /// `time_off.id`
    pub(crate) id: i64,
    pub(crate) stretch: Stretch,
    pub(super) reason: Option<String>,
}

/// Whose time is looked at: the doctor's, and that of the patient who is to come, if it is known who.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attendees {
    /// `doctor.id`
    pub(crate) doctor_id: i64,
    /// `patient.id`
    pub(crate) patient_id: Option<i64>,
}

impl Attendees {
    /// The doctor alone.
    pub(super) fn doctor(doctor_id: i64) -> Self {
        Self { doctor_id, patient_id: None }
    }
}

/// The schedule of the doctor as far as it touches `within`; with the busy visits of the patient if one is named. The
/// caller has seen to it that the viewer may know.
pub(crate) async fn schedule(reader: &Reader, attendees: Attendees, within: Stretch) -> Result<Schedule, DbErr> {
    let Attendees { doctor_id, patient_id } = attendees;
    let topics = Topics::from([Topic::Schedule(doctor_id), Topic::Agenda(doctor_id)]);
    let topics = topics.and(patient_id.map(Topic::PatientAgenda));
    reader.run(topics, async |conn| schedule_now(conn, attendees, within).await).await
}

/// The same for somebody who is about to promise a time, within their unit of work.
pub(crate) async fn schedule_now(
    conn: &ReadConnection<'_>,
    attendees: Attendees,
    within: Stretch,
) -> Result<Schedule, DbErr> {
    let Attendees { doctor_id, patient_id } = attendees;
    let busy = in_state(appointment::Column::DoctorId.eq(doctor_id), &AppointmentStatus::BUSY, within);
    let mut found = read(conn, &[doctor_id], lists(&[doctor_id], patient_id, busy, within)).await?;
    Ok(found.remove(&doctor_id).unwrap_or_default())
}

/// What the `lists` hold of each of `doctors`, also of one of whom there is nothing.
async fn read(conn: &ReadConnection<'_>, doctors: &[i64], lists: SideBySide) -> Result<BTreeMap<i64, Schedule>, DbErr> {
    let mut found: BTreeMap<i64, Schedule> = doctors.iter().map(|id| (*id, Schedule::default())).collect();
    let rows: Vec<Row> = lists.read(conn).await?;
    let mut patient_busy = Vec::new();
    for Row { working, away, busy, patient, asked } in rows {
        for row in working {
            found.entry(row.doctor_id).or_default().windows.push(Window::from(row));
        }
        for row in away {
            found.entry(row.doctor_id).or_default().absences.push(Absence::from(row).stretch);
        }
        for row in busy {
            found.entry(row.doctor_id).or_default().busy.push(Stretch::from(row));
        }
        for row in asked {
            found.entry(row.doctor_id).or_default().asked.push(Stretch::from(row));
        }
        patient_busy.extend(patient.into_iter().map(Stretch::from));
    }
    patient_busy.sort_unstable();
    for schedule in found.values_mut() {
        schedule.absences.sort_unstable();
        schedule.windows.sort_by_key(|window| (window.weekday, window.hours, window.id));
        schedule.busy.sort_unstable();
        schedule.patient_busy.clone_from(&patient_busy);
    }
    Ok(found)
}

/// What there is of `doctors`, whose visits that take time are `busy`. Without a patient the list of their visits is that of nobody.
fn lists(doctors: &[i64], patient_id: Option<i64>, busy: Select<appointment::Entity>, within: Stretch) -> SideBySide {
    let of_patient = appointment::Column::PatientId.eq(patient_id);
    let of_both = of_patient.clone().and(appointment::Column::DoctorId.is_in(doctors.iter().copied()));
    let asked = in_state(of_both, &[AppointmentStatus::Requested, AppointmentStatus::Proposed], within);
    SideBySide::default()
        .list::<Working>("working", windows(doctors))
        .list::<Away>("away", absences(doctors, within))
        .list::<Busy>("busy", busy)
        .list::<Busy>("patient", in_state(of_patient, &AppointmentStatus::BUSY, within))
        .list::<Busy>("asked", asked)
}

/// Visits in one of `states` that touch `within`.
pub(crate) fn in_state(
    whose: SimpleExpr,
    states: &[AppointmentStatus],
    within: Stretch,
) -> Select<appointment::Entity> {
    appointment::Entity::find()
        .filter(whose)
        .filter(is_one_of(appointment::Column::Status, states.iter().copied()))
        .filter(appointment::Column::StartsAt.lt(within.ends_at))
        // No visit is longer than a day: so the index on starts needs no look at the whole archive.
        .filter(appointment::Column::StartsAt.gt(within.starts_at - TimeDelta::days(1)))
        .filter(appointment::Column::EndsAt.gt(within.starts_at))
}

/// The windows of the doctors, for a list of [`Working`]. It depends on the [`Schedule`](Topic::Schedule) of each. The caller has seen to it that the viewer may
/// know.
pub(crate) fn windows(doctors: &[i64]) -> Select<availability::Entity> {
    availability::Entity::find().filter(availability::Column::DoctorId.is_in(doctors.iter().copied()))
}

/// Their absences that touch `within`, for a list of [`Away`]. It depends on the same.
pub(crate) fn absences(doctors: &[i64], within: Stretch) -> Select<time_off::Entity> {
    time_off::Entity::find()
        .filter(time_off::Column::DoctorId.is_in(doctors.iter().copied()))
        .filter(time_off::Column::StartsAt.lt(within.ends_at))
        .filter(time_off::Column::EndsAt.gt(within.starts_at))
}

impl From<Working> for Window {
    fn from(row: Working) -> Self {
        let Working { id, weekday, start_time, end_time, end_minute, .. } = row;
        Self { id, weekday, hours: ClockHours::stored(start_time, end_time, end_minute) }
    }
}

impl From<Away> for Absence {
    fn from(row: Away) -> Self {
        let stretch = Stretch { starts_at: row.starts_at, ends_at: row.ends_at };
        Self { id: row.id, stretch, reason: row.reason }
    }
}

impl From<Busy> for Stretch {
    fn from(Busy { starts_at, ends_at, .. }: Busy) -> Self {
        Self { starts_at, ends_at }
    }
}
