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
    queries::{self, BookedVisit, Party},
};
use super::bounds;
use crate::{
    access::{self, ActingViewer, Viewer},
    coherence::Topic,
    db::{DbErr, Reader, Recorded, UnitOfWork, ViolationKind, violation},
    features::{
        audit::{self, AuditEvent},
        notifications::{self, News},
        schedules::{self, Attendees, Rules, SlotRefusal, span},
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

/// Books a visit, once for each token: its id. Eight statements, of which two tell the others.
///
/// # Errors
/// Why it cannot be.
pub(in crate::features::appointments) async fn book(
    state: &AppState,
    reader: &Reader,
    viewer: &Viewer,
    booking: &Booking,
) -> Result<i64, NotBooked> {
    let booked = match slot(state, reader, viewer, booking).await {
        Ok(slot) => insert(state, viewer, &slot, booking).await,
        Err(refused) => Err(refused),
    };
    let (Err(NotBooked::Field(..) | NotBooked::Taken(_)), Some(token)) = (&booked, &booking.token) else {
        return booked;
    };
    // Perhaps by the same form, sent a moment ago.
    match queries::booked_with(reader, viewer.user_id, token).await? {
        // What became of it is said, not that it is booked: it may be over long ago.
        Some(found) if found.status.is_terminal() => Err(NotBooked::Used(found.is_over().to_owned())),
        Some(found) if found.is_what(viewer, booking) => Ok(found.id),
        // The form was changed after it had booked, and what it says now is not booked.
        Some(_) if matches!(booked, Err(NotBooked::Taken(_))) => Err(NotBooked::Used(USED.to_owned())),
        _ => booked,
    }
}

const USED: &str = "This form has booked a visit already, which is on the list of visits. What it says now is another one: \
                    send it once more to book that as well.";

const CANCELLED: &str = "The visit that this form booked was cancelled since. Nothing new is booked: send the form once more to book it anew.";
const DECLINED: &str =
    "The request that this form sent was declined since. Nothing new was sent: send the form once more to ask anew.";
const OVER: &str =
    "The visit that this form booked is over. Nothing new is booked: send the form once more to book another.";

impl BookedVisit {
    /// What is said of a form whose visit is over.
    fn is_over(&self) -> &'static str {
        match self.status {
            AppointmentStatus::Cancelled => CANCELLED,
            AppointmentStatus::Rejected => DECLINED,
            _ => OVER,
        }
    }

    /// Whether it is the visit that `booking` asks for.
    fn is_what(&self, viewer: &Viewer, booking: &Booking) -> bool {
        let local = self.starts_at.with_timezone(&viewer.zone()).naive_local();
        ids(viewer, booking) == (self.doctor_id, self.patient_id)
            && local == booking.local
            && booking.modality.is_none_or(|modality| modality == self.modality)
    }
}

async fn slot(state: &AppState, reader: &Reader, viewer: &Viewer, booking: &Booking) -> Result<Slot, NotBooked> {
    let (doctor_id, patient_id) = ids(viewer, booking);
    let (doctor, patient) = queries::chosen(viewer, reader, doctor_id, patient_id).await?;
    let doctor = doctor.ok_or_else(|| wrong("doctor_id", "Choose a doctor of your hospital."))?;
    let patient = patient.filter(|patient| patient.active);
    let patient = patient.ok_or_else(|| wrong("patient_id", "Choose a patient from the list."))?;
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
    bounds::may_ask(viewer, reader).await?;
    let within = span(booking.local.date(), 1, rules.zone);
    let attendees = Attendees { doctor_id: doctor.id, patient_id: Some(patient.id) };
    let schedule = schedules::schedule(reader, attendees, within).await?;
    if viewer.role() == Role::Patient && schedule.asked.iter().any(|asked| asked.starts_at == starts_at) {
        return Err(NotBooked::Taken(ASKED.to_owned()));
    }
    let present = Present::new(state.clock.now(), None);
    let overbooks = match schedule.judge(starts_at, rules, &present) {
        Ok(()) => false,
        Err(SlotRefusal::Taken) if booking.overbook_reason.is_some() => true,
        Err(SlotRefusal::Taken) => return Err(NotBooked::Taken(taken(viewer, TAKEN))),
        Err(refusal) => return Err(NotBooked::Field("starts_at", sentence(refusal, viewer, rules))),
    };
    Ok(Slot { hospital_id, doctor, patient, starts_at, ends_at: starts_at + rules.slot, overbooks })
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
fn ids(viewer: &Viewer, booking: &Booking) -> (i64, i64) {
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

async fn insert(state: &AppState, viewer: &Viewer, slot: &Slot, booking: &Booking) -> Result<i64, NotBooked> {
    let now = state.clock.now();
    let written = state
        .db
        .write(async |uow| {
            let is_request = viewer.role() == Role::Patient;
            if is_request && bounds::has_too_many(uow, state, (slot.patient.id, now)).await? {
                return Ok(Recorded::unchanged(None));
            }
            let id = uow.insert(row(viewer, now, slot, booking), topics(slot)).await?.id;
            Ok::<_, DbErr>(record(uow, viewer.acting(now), slot, id).await?.with(Some(id)))
        })
        .await;
    let written = written.map_err(|error| match violation(&error) {
        Some(broken) if broken.kind == ViolationKind::Overlap && broken.constraint.contains("patient") => {
            wrong("starts_at", sentence(SlotRefusal::PatientBusy, viewer, rules_of(viewer, slot)))
        }
        // Sent twice at the same moment: whoever asks for the token next finds the other.
        Some(broken) if matches!(broken.kind, ViolationKind::Overlap | ViolationKind::Unique) => {
            NotBooked::Taken(taken(viewer, "Somebody took that time a moment ago."))
        }
        _ => error.into(),
    });
    written?.ok_or_else(|| bounds::too_many(state))
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
    let event = appointment_event::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        actor_id: Set(viewer.user_id),
        kind: Set(if is_request { EventKind::Requested } else { EventKind::Booked }),
        from_status: Set(None),
        to_status: Set(status(viewer)),
        note: Set(None),
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
        recipients: others.collect(),
        visit: (!is_request).then_some((slot.patient.user_id, slot.starts_at)),
    };
    notifications::notify(uow, now, &news).await?;
    let act = AuditEvent::new(action, AuditSubject::Appointment, id).instant("starts_at", slot.starts_at);
    let act = if slot.overbooks { act.word("overbooked", "yes") } else { act };
    audit::record(uow, now, viewer, act).await
}
