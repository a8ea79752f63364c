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

use super::super::forms::Booking;
use super::{
    bounds, sent_again,
    slot::{self, Slot},
};
use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topic,
    db::{DbErr, Reader, Recorded, UnitOfWork, Violation, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News, ToldTimes},
        schedules::{self, Rules, Schedule, SlotRefusal},
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

/// What a form has booked.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::appointments) struct Booked {
    /// `appointment.id`
    pub(in crate::features::appointments) id: i64,
    /// Of a form that was sent before: where its visit stands by now.
    pub(in crate::features::appointments) before: Option<AppointmentStatus>,
}

/// Books a visit, once for each token. Eight statements, of which two tell the others; with whoever is free as many again each time that somebody else was faster.
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

pub(super) fn wrong(field: &'static str, sentence: impl Into<String>) -> NotBooked {
    NotBooked::Field(field, sentence.into())
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

/// Why a visit was not stored.
enum NotInserted {
    /// Somebody else had that time of the doctor's a moment before.
    Overtaken(NotBooked),
    Refused(NotBooked),
}

impl From<NotBooked> for NotInserted {
    fn from(refused: NotBooked) -> Self {
        Self::Refused(refused)
    }
}

impl From<DbErr> for NotInserted {
    fn from(error: DbErr) -> Self {
        Self::Refused(error.into())
    }
}

/// So often it is looked who is free when somebody else was faster: each look waits for whoever was, and is a unit of work of its own.
const LOOKS: usize = 8;

/// Stores the visit. Of two who book whoever is free at one moment both may have found the same doctor: the second looks again who is.
async fn insert(state: &AppState, viewer: &Viewer, booking: &Booking) -> Result<i64, NotBooked> {
    let mut looks = if slot::wanted(viewer, booking).is_any() { LOOKS } else { 1 };
    loop {
        match insert_once(state, viewer, booking).await {
            Err(NotInserted::Overtaken(_)) if looks > 1 => looks -= 1,
            Err(NotInserted::Overtaken(refused) | NotInserted::Refused(refused)) => return Err(refused),
            Ok(id) => return Ok(id),
        }
    }
}

async fn insert_once(state: &AppState, viewer: &Viewer, booking: &Booking) -> Result<i64, NotInserted> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let slot = &slot::slot(state, uow, viewer, booking).await?;
            let is_request = viewer.role() == Role::Patient;
            if is_request && bounds::has_too_many(uow, state, (slot.patient.id, now)).await? {
                return Err(bounds::too_many(state).into());
            }
            let inserted = uow.insert(row(viewer, now, slot, booking), topics(slot)).await;
            let id = inserted.map_err(|error| not_inserted(error, viewer, rules_of(viewer, slot)))?.id;
            Ok(record(uow, viewer.acting(now), slot, id).await?.with(id))
        })
        .await
}

fn not_inserted(error: DbErr, viewer: &Viewer, rules: Rules) -> NotInserted {
    let broken = violation(&error);
    let is_overtaken = broken.is_some_and(|broken| broken.kind == ViolationKind::Overlap && !is_of_patient(&broken));
    let refused = refused(error, viewer, rules);
    if is_overtaken { NotInserted::Overtaken(refused) } else { NotInserted::Refused(refused) }
}

/// Why the database did not take the visit.
pub(super) fn refused(error: DbErr, viewer: &Viewer, rules: Rules) -> NotBooked {
    match violation(&error) {
        Some(broken) if broken.kind == ViolationKind::Overlap && is_of_patient(&broken) => {
            wrong("starts_at", sentence(SlotRefusal::PatientBusy, viewer, rules))
        }
        // Sent twice at the same moment: whoever asks for the token next finds the other.
        Some(broken) if matches!(broken.kind, ViolationKind::Overlap | ViolationKind::Unique) => {
            NotBooked::Taken(taken(viewer, "Somebody took that time a moment ago."))
        }
        _ => error.into(),
    }
}

fn is_of_patient(broken: &Violation) -> bool {
    broken.constraint.contains("patient")
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
