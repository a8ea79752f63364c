//! With whom, for whom and when a visit can be booked.

use chrono::{DateTime, DurationRound as _, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use entity::enums::Role;

use super::{
    super::{
        forms::{Booking, NO_DOCTOR, WantedDoctor, WantedTime},
        queries::{self, Parties, Party, WantedParties},
    },
    booking::{NotBooked, field_of, instant, overbooks, sentence, wrong},
    bounds,
};
use crate::{
    access::{Viewer, ViewerKind},
    db::UnitOfWork,
    features::schedules::{self, Attendees, Candidates, Rules, Schedule, SlotRefusal, Stretch, span},
    state::AppState,
    web::{AppError, Present},
};

/// A visit that can be booked.
pub(super) struct Slot {
    pub(super) hospital_id: i64,
    pub(super) doctor: Party,
    pub(super) patient: Party,
    pub(super) starts_at: DateTime<Utc>,
    pub(super) ends_at: DateTime<Utc>,
    /// When that is on the hospital's clock.
    pub(super) local: NaiveDateTime,
    pub(super) overbooks: bool,
}

/// The time that is asked for, and who asks.
struct AskedTime<'a> {
    viewer: &'a Viewer,
    starts_at: DateTime<Utc>,
    /// Whether that is now.
    is_now: bool,
    rules: Rules,
    present: Present,
    /// What has to be known of the schedules.
    within: Stretch,
}

impl AskedTime<'_> {
    /// Whether a doctor with that schedule can have the visit then.
    fn judge(&self, schedule: &Schedule) -> Result<(), SlotRefusal> {
        let Self { starts_at, rules, present, .. } = self;
        if self.is_now { schedule.judge_now(*starts_at, *rules) } else { schedule.judge(*starts_at, *rules, present) }
    }
}

/// Whoever comes in comes within a minute of it.
fn minute_of(now: DateTime<Utc>) -> DateTime<Utc> {
    now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now)
}

/// What `booking` can have. Two statements. Until the unit of work ends nobody records an absence of the doctor, nor of any who could be chosen.
pub(super) async fn slot(
    state: &AppState,
    uow: &UnitOfWork,
    viewer: &Viewer,
    booking: &Booking,
) -> Result<Slot, NotBooked> {
    let now = state.clock.now();
    let local = match booking.time {
        WantedTime::At(local) => local,
        WantedTime::Now => viewer.zone().local(minute_of(now)),
    };
    let (doctors, patient) = parties(uow, viewer, (booking, local.date())).await?;
    let hospital_id = viewer.hospital().map(|hospital| hospital.id).ok_or(AppError::Forbidden)?;
    let first = doctors.first().ok_or_else(|| wrong("doctor_id", NO_DOCTOR))?;
    let rules = schedules::rules(viewer, first.slot_minutes, first.booking_lead_hours);
    let is_now = booking.time == WantedTime::Now;
    let starts_at = if is_now { Ok(minute_of(now)) } else { instant(local, rules) };
    let starts_at = starts_at.map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, starts_at)?;
    let within = span(local.date(), 1, rules.zone);
    if is_now && patient.visits > 0 {
        return Err(wrong("patient_id", WAITS_ALREADY));
    }
    let time = AskedTime { viewer, starts_at, is_now, rules, present: Present::new(now, None), within };
    let (doctor, overbooks) = if wanted(viewer, booking).is_any() {
        let among = Candidates {
            hospital_id,
            doctors: doctors.iter().map(|doctor| doctor.id).collect(),
            patient_id: Some(patient.id),
            horizon: state.settings.booking.horizon,
        };
        (whoever_is_free(uow, doctors, &among, &time).await?, false)
    } else {
        let attendees = Attendees { doctor_id: first.id, patient_id: Some(patient.id) };
        let overbooks = with_one(uow, booking, attendees, &time).await?;
        (first.clone(), overbooks)
    };
    Ok(Slot { hospital_id, doctor, patient, starts_at, ends_at: starts_at + rules.slot, local, overbooks })
}

/// The doctor who is wanted, or those of whom any would do, and the patient; all of them can be booked.
async fn parties(
    uow: &UnitOfWork,
    viewer: &Viewer,
    (booking, date): (&Booking, NaiveDate),
) -> Result<(Vec<Party>, Party), NotBooked> {
    let wanted = wanted(viewer, booking);
    let day = span(date, 0, viewer.zone());
    let who = WantedParties { doctor_id: wanted.id(), patient_id: patient_id(viewer, booking), day };
    let Parties { mut doctors, patients } = uow.read(async |conn| queries::chosen(viewer, conn, who).await).await?;
    doctors.retain(|doctor| wanted.takes(doctor));
    if doctors.is_empty() {
        return Err(wrong("doctor_id", if wanted.is_any() { NOBODY } else { NO_DOCTOR }));
    }
    let patient = patients.into_iter().next().ok_or_else(|| wrong("patient_id", "Choose a patient from the list."))?;
    if !patient.active {
        return Err(wrong("patient_id", "This patient's account is shut. Let them in again first, or choose another."));
    }
    // Of any doctor only those are meant who can be booked.
    if !doctors.iter().all(|doctor| doctor.active) {
        return Err(wrong("doctor_id", "This doctor does not practise here any more. Choose another."));
    }
    if viewer.role() == Role::Patient && !doctors.iter().all(|doctor| doctor.accepting) {
        return Err(wrong("doctor_id", "This doctor takes no new requests now. Choose another."));
    }
    Ok((doctors, patient))
}

const WAITS_ALREADY: &str = "The patient waits already, or is in a visit: look for them on the board.";
const NOBODY: &str = "No doctor of that field takes visits now. Choose another.";

/// Whether the visit would be beside another of the doctor's.
async fn with_one(
    uow: &UnitOfWork,
    booking: &Booking,
    attendees: Attendees,
    time: &AskedTime<'_>,
) -> Result<bool, NotBooked> {
    let AskedTime { viewer, starts_at, rules, within, is_now, .. } = time;
    let schedule = uow.read(async |conn| schedules::schedule_now(conn, attendees, *within).await).await?;
    if viewer.role() == Role::Patient && schedule.asked.iter().any(|asked| asked.starts_at == *starts_at) {
        return Err(NotBooked::Taken(ASKED.to_owned()));
    }
    let has_reason = booking.overbook_reason.is_some();
    overbooks(time.judge(&schedule), (viewer, *rules), (has_reason, *is_now))
}

const ASKED: &str = "You have asked this doctor for that time already: it is on your list of visits, and is not decided yet. Choose another \
                     time, or wait for the answer.";

/// Of the `doctors`, who are in the order of their names, the one who is free then and has the fewest visits on that day.
async fn whoever_is_free(
    uow: &UnitOfWork,
    doctors: Vec<Party>,
    among: &Candidates,
    time: &AskedTime<'_>,
) -> Result<Party, NotBooked> {
    let AskedTime { viewer, starts_at, within, .. } = time;
    let schedules = uow.read(async |conn| schedules::several_now(conn, among, *within).await).await?;
    if viewer.role() == Role::Patient && schedules.was_asked(*starts_at) {
        return Err(NotBooked::Taken(ASKED_ANY.to_owned()));
    }
    let mut refusals = Vec::new();
    let mut free = Vec::new();
    for doctor in doctors {
        let schedule = schedules.of(doctor.id).ok_or(SlotRefusal::NotWorking);
        match schedule.and_then(|schedule| time.judge(schedule)) {
            Ok(()) => free.push(doctor),
            Err(refusal) => refusals.push(refusal),
        }
    }
    let fewest = free.into_iter().min_by_key(|doctor| doctor.visits);
    fewest.ok_or_else(|| nobody_is_free(&refusals, time))
}

/// What is in the way whoever it would be is said; else that nobody is free.
fn nobody_is_free(refusals: &[SlotRefusal], time: &AskedTime<'_>) -> NotBooked {
    let of_all = [SlotRefusal::Past, SlotRefusal::TooSoon, SlotRefusal::PatientBusy];
    match of_all.into_iter().find(|refusal| refusals.contains(refusal)) {
        Some(refusal) => wrong(field_of(refusal, time.is_now), sentence(refusal, time.viewer, time.rules)),
        None if time.is_now => wrong("doctor_id", NOBODY_FREE_NOW),
        None => NotBooked::Taken(NOBODY_FREE.to_owned()),
    }
}

const ASKED_ANY: &str = "You have asked for that time already: it is on your list of visits, and is not decided yet. Choose another time, or \
                         wait for the answer.";
const NOBODY_FREE_NOW: &str = "No doctor is free now. Choose one by name, and say why it must be now.";
const NOBODY_FREE: &str = "No doctor is free at that time. Choose one of the free times below.";

/// With whom: a doctor books with themselves.
pub(super) fn wanted(viewer: &Viewer, booking: &Booking) -> WantedDoctor {
    match (&viewer.kind, &booking.doctor) {
        (ViewerKind::Doctor { doctor_id, .. }, _) => WantedDoctor::One(*doctor_id),
        (_, Some(wanted)) => wanted.clone(),
        (_, None) => WantedDoctor::One(0),
    }
}

/// For whom: a patient books for themselves.
pub(super) fn patient_id(viewer: &Viewer, booking: &Booking) -> i64 {
    match viewer.kind {
        ViewerKind::Patient { patient_id, .. } => patient_id,
        _ => booking.patient_id.unwrap_or_default(),
    }
}
