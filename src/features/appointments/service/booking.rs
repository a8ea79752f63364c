//! Booking visits.
//!
//! What is read first tells whoever books what is wrong; the last word has the database, which refuses two busy visits of one
//! doctor or of one patient at a time, however many book at once.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::{
    appointment, appointment_event,
    enums::{AppointmentStatus, AuditAction, AuditSubject, EventKind, NotificationKind, Role},
};
use sea_orm::{ActiveValue::NotSet, Set};

use super::super::{
    forms::Booking,
    queries::{self, Party},
};
use super::{bounds, sent_again};
use crate::{
    access::{self, ActingViewer, Viewer},
    coherence::Topic,
    db::{DbErr, Reader, Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
        schedules::{self, Attendees, Rules, Schedule, SlotRefusal, span},
    },
    state::AppState,
    web::{AppError, Present},
};

/// How far ahead the nearest free times are looked for, in days.
pub(in crate::features::appointments) const AHEAD: u64 = 14;

/// Why nothing was booked.
#[derive(Debug)]
pub(in crate::features::appointments) enum NotBooked {
    /// A field is wrong: its name, and the sentence beside it.
    Field(&'static str, String),
    /// The time is taken: the sentence beside it.
    Taken(String),
    /// Nobody has proved the patient's address yet.
    Unproved,
    /// The form has booked another visit before: what to do.
    Used(String),
    Failed(AppError),
}

impl<E: Into<AppError>> From<E> for NotBooked {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// A visit that can be booked.
struct Slot {
    hospital_id: i64,
    doctor: Party,
    patient: Party,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    overbooks: bool,
}

/// What a form has booked.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct Booked {
    /// `appointment.id`
    pub(in crate::features::appointments) id: i64,
    /// Of a form that was sent before: where its visit stands by now.
    pub(in crate::features::appointments) before: Option<AppointmentStatus>,
}

/// Books a visit, once for each token. Eight statements, of which two tell the others.
///
/// # Errors
/// Why it cannot be.
pub(in crate::features::appointments) async fn book(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    booking: &Booking,
) -> Result<Booked, NotBooked> {
    bounds::may_ask(state, viewer, reader).await?;
    match (insert(state, viewer, booking).await, &booking.token) {
        (Err(refused @ (NotBooked::Field(..) | NotBooked::Taken(_))), Some(token)) => {
            sent_again::judge(reader, viewer, (booking, token.as_str()), refused).await
        }
        (booked, _) => booked.map(|id| Booked { id, before: None }),
    }
}

/// Two statements. Until the unit of work ends nobody records an absence of the doctor.
async fn slot(state: &AppState, uow: &UnitOfWork, viewer: &Viewer, booking: &Booking) -> Result<Slot, NotBooked> {
    let ids = ids(viewer, booking);
    let (doctor, patient) = uow.read(async |conn| queries::chosen(viewer, conn, ids).await).await?;
    let doctor = doctor.ok_or_else(|| wrong("doctor_id", "Choose a doctor of your hospital."))?;
    let patient = patient.ok_or_else(|| wrong("patient_id", "Choose a patient from the list."))?;
    if !patient.active {
        return Err(wrong("patient_id", "This patient's account is shut. Let them in again first, or choose another."));
    }
    if !doctor.active {
        return Err(wrong("doctor_id", "This doctor does not practise here any more. Choose another."));
    }
    if !doctor.accepting && viewer.role() == Role::Patient {
        return Err(wrong("doctor_id", "This doctor takes no new requests now. Choose another."));
    }
    let hospital_id = viewer.hospital().map(|hospital| hospital.id).ok_or(AppError::Forbidden)?;
    let rules = schedules::rules(viewer, doctor.slot_minutes, doctor.booking_lead_hours);
    let starts_at = instant(booking.local, rules).map_err(|sentence| wrong("starts_at", sentence))?;
    bounds::within_horizon(state, viewer, starts_at)?;
    let within = span(booking.local.date(), 1, rules.zone);
    let attendees = Attendees { doctor_id: doctor.id, patient_id: Some(patient.id) };
    let schedule = uow.read(async |conn| schedules::schedule_now(conn, attendees, within).await).await?;
    if viewer.role() == Role::Patient && schedule.asked.iter().any(|asked| asked.starts_at == starts_at) {
        return Err(NotBooked::Taken(ASKED.to_owned()));
    }
    let present = Present::new(state.clock.now(), None);
    let has_reason = booking.overbook_reason.is_some();
    let overbooks = overbooks(&schedule, starts_at, (viewer, rules), (&present, has_reason))?;
    Ok(Slot { hospital_id, doctor, patient, starts_at, ends_at: starts_at + rules.slot, overbooks })
}

/// Whether a visit that begins then would be beside another, as staff may have it who give a reason.
///
/// # Errors
/// Why it cannot begin then.
pub(super) fn overbooks(
    schedule: &Schedule,
    starts_at: DateTime<Utc>,
    (viewer, rules): (&Viewer, Rules),
    (present, has_reason): (&Present, bool),
) -> Result<bool, NotBooked> {
    match schedule.judge(starts_at, rules, present) {
        Ok(()) => Ok(false),
        Err(SlotRefusal::Taken) if has_reason => Ok(true),
        Err(SlotRefusal::Taken) => Err(NotBooked::Taken(taken(viewer, TAKEN))),
        Err(refusal) => Err(wrong("starts_at", sentence(refusal, viewer, rules))),
    }
}

/// What is said of a time that is taken `how`. Staff may book it all the same, and are asked why.
fn taken(viewer: &Viewer, how: &str) -> String {
    let or_else = if viewer.role() == Role::Patient { "" } else { ", or say why it must be then" };
    format!("{how} Choose one of the free times below{or_else}.")
}

const TAKEN: &str = "That time is taken.";
const ASKED: &str = "You have asked this doctor for that time already: it is on your list of visits, and is not decided yet. Choose another \
                     time, or wait for the answer.";

pub(super) fn wrong(field: &'static str, sentence: impl Into<String>) -> NotBooked {
    NotBooked::Field(field, sentence.into())
}

/// Who is to meet whom: a doctor books with themselves, a patient for themselves.
pub(super) fn ids(viewer: &Viewer, booking: &Booking) -> (i64, i64) {
    let (mut doctor_id, mut patient_id) =
        (booking.doctor_id.unwrap_or_default(), booking.patient_id.unwrap_or_default());
    match viewer.kind {
        access::ViewerKind::Doctor { doctor_id: own, .. } => doctor_id = own,
        access::ViewerKind::Patient { patient_id: own, .. } => patient_id = own,
        access::ViewerKind::HospitalAdmin { .. } | access::ViewerKind::SuperAdmin => {}
    }
    (doctor_id, patient_id)
}

pub(super) fn instant(local: NaiveDateTime, rules: Rules) -> Result<DateTime<Utc>, &'static str> {
    rules.instant(local).ok_or("The clocks go forward over that time. Choose another.")
}

/// What is said of a time that cannot be booked.
pub(super) fn sentence(refusal: SlotRefusal, viewer: &Viewer, rules: Rules) -> String {
    let whose = if viewer.role() == Role::Patient { "You already have" } else { "The patient already has" };
    match refusal {
        SlotRefusal::Past => "That time is over. Choose one that is to come.".to_owned(),
        SlotRefusal::TooSoon => {
            format!("Book at least {} hours ahead. For sooner, call the hospital.", rules.lead_hours())
        }
        SlotRefusal::NotWorking => "The doctor does not work on that day.".to_owned(),
        SlotRefusal::OutOfHours => "That is outside the doctor's hours.".to_owned(),
        SlotRefusal::OffSlot => "Visits do not begin at that minute. Choose one of the free times.".to_owned(),
        SlotRefusal::Away => "The doctor is away then.".to_owned(),
        SlotRefusal::PatientBusy => format!("{whose} another visit at that time."),
        SlotRefusal::Taken => taken(viewer, TAKEN),
    }
}

async fn insert(state: &AppState, viewer: &Viewer, booking: &Booking) -> Result<i64, NotBooked> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let slot = &slot(state, uow, viewer, booking).await?;
            let is_request = viewer.role() == Role::Patient;
            if is_request && bounds::has_too_many(uow, state, (slot.patient.id, now)).await? {
                return Err(bounds::too_many(state));
            }
            let inserted = uow.insert(row(viewer, now, slot, booking), topics(slot)).await;
            let id = inserted.map_err(|error| refused(error, viewer, rules_of(viewer, slot)))?.id;
            Ok(record(uow, viewer.acting(now), slot, id).await?.with(id))
        })
        .await
}

/// Why the database did not take the visit.
pub(super) fn refused(error: DbErr, viewer: &Viewer, rules: Rules) -> NotBooked {
    match violation(&error) {
        Some(broken) if broken.kind == ViolationKind::Overlap && broken.constraint.contains("patient") => {
            wrong("starts_at", sentence(SlotRefusal::PatientBusy, viewer, rules))
        }
        // Sent twice at the same moment: whoever asks for the token next finds the other.
        Some(broken) if matches!(broken.kind, ViolationKind::Overlap | ViolationKind::Unique) => {
            NotBooked::Taken(taken(viewer, "Somebody took that time a moment ago."))
        }
        _ => error.into(),
    }
}

fn rules_of(viewer: &Viewer, slot: &Slot) -> Rules {
    schedules::rules(viewer, slot.doctor.slot_minutes, slot.doctor.booking_lead_hours)
}

fn topics(slot: &Slot) -> [Topic; 3] {
    Topic::of_visit(slot.hospital_id, slot.doctor.id, slot.patient.id)
}

/// What a patient asks for is decided by the doctor; what staff book stands.
fn status(viewer: &Viewer) -> AppointmentStatus {
    if viewer.role() == Role::Patient { AppointmentStatus::Requested } else { AppointmentStatus::Scheduled }
}

fn row(viewer: &Viewer, now: DateTime<Utc>, slot: &Slot, booking: &Booking) -> appointment::ActiveModel {
    appointment::ActiveModel {
        id: NotSet,
        hospital_id: Set(slot.hospital_id),
        doctor_id: Set(slot.doctor.id),
        patient_id: Set(slot.patient.id),
        starts_at: Set(slot.starts_at),
        ends_at: Set(slot.ends_at),
        status: Set(status(viewer)),
        modality: Set(booking.modality.unwrap_or(slot.doctor.default_modality)),
        symptoms: Set(booking.symptoms.clone()),
        requested_by: Set(viewer.user_id),
        rejection_reason: Set(None),
        cancellation_reason: Set(None),
        proposed_starts_at: Set(None),
        local_starts_at: Set(Some(booking.local)),
        proposed_local_starts_at: Set(None),
        time_zone: Set(Some(viewer.zone().name().to_owned())),
        displaced_at: Set(None),
        overbook_reason: Set(booking.overbook_reason.clone().filter(|_| slot.overbooks)),
        booking_token: Set(booking.token.clone()),
        version: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
    }
}

/// Writes the history, the notifications and the trail.
async fn record(uow: &UnitOfWork, acting: ActingViewer<'_>, slot: &Slot, id: i64) -> Result<Recorded, DbErr> {
    let ActingViewer { viewer, now } = acting;
    let is_request = viewer.role() == Role::Patient;
    let times = ToldTimes::of(viewer.zone(), Some(slot.starts_at), None);
    let event = appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        actor_id: Set(viewer.user_id),
        kind: Set(if is_request { EventKind::Requested } else { EventKind::Booked }),
        from_status: Set(None),
        to_status: Set(status(viewer)),
        note: Set(None),
        local_starts_at: Set(times.starts_at),
        proposed_local_starts_at: Set(None),
        at: Set(now),
        created_at: Set(now),
        updated_at: Set(now),
    };
    uow.insert_many([event], topics(slot)).await?;
    let (kind, action) = if is_request {
        (NotificationKind::AppointmentRequested, AuditAction::Requested)
    } else {
        (NotificationKind::AppointmentBooked, AuditAction::Booked)
    };
    let others = [slot.doctor.user_id, slot.patient.user_id].into_iter().filter(|id| *id != viewer.user_id);
    let news = News {
        kind,
        appointment_id: id,
        version: 0,
        times,
        recipients: others.collect(),
        visit: (!is_request).then_some((slot.patient.user_id, slot.starts_at)),
        by_mail: None,
    };
    notifications::notify(uow, now, &news).await?;
    let act = AuditEvent::new(action, AuditSubject::Appointment, id).instant("starts_at", slot.starts_at);
    let act = if slot.overbooks { act.word("overbooked", "yes") } else { act };
    audit::record(uow, now, viewer, act).await
}
