//! Booking visits.
//!
//! What is read first tells whoever books what is wrong; the last word has the database, which refuses two busy visits of one
//! doctor or of one patient at a time, however many book at once.

mod recording;

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::enums::{AppointmentStatus, Role};

use super::super::forms::{Booking, WantedTime};
use super::{
    bounds, sent_again,
    slot::{self, Slot},
};
use crate::{
    access::Viewer,
    db::{DbErr, Reader, Violation, ViolationKind, violation},
    features::schedules::{self, Rules, SlotRefusal},
    state::AppState,
    web::AppError,
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

/// Whether a visit that was `judged` so would be beside another, as staff may have it who give a reason; of somebody who is here now also outside of the
/// hours.
///
/// # Errors
/// Why it cannot begin then.
pub(super) fn overbooks(
    judged: Result<(), SlotRefusal>,
    (viewer, rules): (&Viewer, Rules),
    (has_reason, is_now): (bool, bool),
) -> Result<bool, NotBooked> {
    let Err(refusal) = judged else { return Ok(false) };
    let needs_reason = match refusal {
        SlotRefusal::Taken => true,
        SlotRefusal::OutOfHours => is_now,
        _ => false,
    };
    match (needs_reason, has_reason) {
        (true, true) => Ok(true),
        (true, false) if is_now => Err(NotBooked::Taken(why_now(refusal).to_owned())),
        (true, false) => Err(NotBooked::Taken(taken(viewer, TAKEN))),
        (false, _) => Err(wrong(field_of(refusal, is_now), sentence(refusal, viewer, rules))),
    }
}

/// Beside which field it is said what is in the way: nobody chooses the time of a visit that begins now.
pub(super) fn field_of(refusal: SlotRefusal, is_now: bool) -> &'static str {
    match refusal {
        _ if !is_now => "starts_at",
        SlotRefusal::PatientBusy => "patient_id",
        _ => "doctor_id",
    }
}

/// What is said where somebody who is here now can be seen with a reason.
fn why_now(refusal: SlotRefusal) -> &'static str {
    match refusal {
        SlotRefusal::Taken => "The doctor has another visit now. Say why it must be now, or choose another doctor.",
        _ => "The doctor does not work now. Say why it must be now, or choose another doctor.",
    }
}

/// What is said of a time that is taken `how`. Staff may book it all the same, and are asked why.
fn taken(viewer: &Viewer, how: &str) -> String {
    let or_else = if viewer.role() == Role::Patient { "" } else { ", or say why it must be then" };
    format!("{how} Choose one of the free times below{or_else}.")
}

const TAKEN: &str = "That time is taken.";
const OVERTAKEN: &str = "Somebody took that time a moment ago.";

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
            let inserted = uow.insert(recording::row(viewer, now, slot, booking), recording::topics(slot)).await;
            let is_now = booking.time == WantedTime::Now;
            let id = inserted.map_err(|error| not_inserted(error, (viewer, rules_of(viewer, slot)), is_now))?.id;
            Ok(recording::record(uow, viewer.acting(now), (slot, id), booking.time).await?.with(id))
        })
        .await
}

fn not_inserted(error: DbErr, (viewer, rules): (&Viewer, Rules), is_now: bool) -> NotInserted {
    let broken = violation(&error);
    let is_overtaken = broken.is_some_and(|broken| broken.kind == ViolationKind::Overlap && !is_of_patient(&broken));
    let refused = refused(error, (viewer, rules), is_now);
    if is_overtaken { NotInserted::Overtaken(refused) } else { NotInserted::Refused(refused) }
}

/// Why the database did not take the visit.
pub(super) fn refused(error: DbErr, (viewer, rules): (&Viewer, Rules), is_now: bool) -> NotBooked {
    match violation(&error) {
        Some(broken) if broken.kind == ViolationKind::Overlap && is_of_patient(&broken) => {
            let busy = SlotRefusal::PatientBusy;
            wrong(field_of(busy, is_now), sentence(busy, viewer, rules))
        }
        // Sent twice at the same moment: whoever asks for the token next finds the other.
        Some(broken) if matches!(broken.kind, ViolationKind::Overlap | ViolationKind::Unique) => {
            let why = if is_now { why_now(SlotRefusal::Taken).to_owned() } else { taken(viewer, OVERTAKEN) };
            NotBooked::Taken(why)
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
