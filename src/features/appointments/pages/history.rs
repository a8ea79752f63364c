//! How a visit came to where it stands, in words: its steps, and between them its calls.

use entity::enums::{AppointmentStatus, CallEnd, CallPath, EventKind, Role};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::appointments::{
        appointment::{event_times, event_words},
        queries::{CallOfVisit, EventRow},
        service::correcting::what_led_to,
    },
    web::{Moment, moment::length_in_words},
};

/// A step or a call.
#[derive(Debug, Serialize)]
pub(super) struct HistoryEntry {
    text: String,
    note: Option<String>,
    at: Moment,
    /// Of a call, which one: `call.id`.
    call: Option<i64>,
}

/// The steps and the calls in one line, by when each was taken or began.
pub(super) fn history(viewer: &Viewer, steps: Vec<EventRow>, calls: &[CallOfVisit]) -> Vec<HistoryEntry> {
    let steps = steps.into_iter().map(|step| (step.at, step_entry(viewer, step)));
    let calls = calls.iter().filter_map(|call| Some((call.started_at, call_entry(viewer, call)?)));
    let mut entries: Vec<_> = steps.chain(calls).collect();
    // Those of one moment stay as they are: the step that begins a visit stands before its call.
    entries.sort_by_key(|(at, _)| *at);
    entries.into_iter().map(|(_, entry)| entry).collect()
}

/// To the patient the answer by which the visit stays at its time, unless it was moved since, or they have asked anew or thought better of it.
pub(super) fn refused_wish(viewer: &Viewer, steps: &[EventRow]) -> Option<HistoryEntry> {
    use EventKind::{Rescheduled, WishRefused, WishWithdrawn, Wished};
    let is_about_time = |step: &&EventRow| matches!(step.kind, Rescheduled | WishRefused | WishWithdrawn | Wished);
    let last = steps.iter().rfind(is_about_time).filter(|step| step.kind == WishRefused)?;
    (viewer.role() == Role::Patient).then(|| step_entry(viewer, last.clone()))
}

fn step_entry(viewer: &Viewer, event: EventRow) -> HistoryEntry {
    let name = format!("{} {}", event.actor.first_name, event.actor.last_name);
    let who = match event.actor.role {
        _ if event.actor.id == viewer.user_id => "You".to_owned(),
        Role::Doctor => format!("Dr {name}"),
        _ => name,
    };
    // A clock that was corrected moves what is proposed as well: of such a step it is that, and not when the visit was before.
    let is_other_time = event.kind != EventKind::Rescheduled || AppointmentStatus::AGREED.contains(&event.to_status);
    // Who hands a visit over may leave it at its time.
    let other = event.proposed_local_starts_at.filter(|before| is_other_time && event.local_starts_at != Some(*before));
    let did = match (event.from_status, event.from_doctor) {
        (Some(from), _) if event.kind == EventKind::Corrected => format!("took back {}", what_led_to(from)),
        (_, Some(doctor)) => format!("handed the visit over from {}", doctor.name()),
        _ => event_words(event.kind).to_owned(),
    };
    HistoryEntry {
        text: format!("{who} {did}{}", event_times(event.kind, event.local_starts_at, other)),
        note: event.note,
        at: Moment::new(event.at, viewer.zone()),
        call: None,
    }
}

/// To the patient that there was a call, and how long it was; to those who work there also how it went. A call that goes on is in its room, and not
/// yet in the history.
fn call_entry(viewer: &Viewer, call: &CallOfVisit) -> Option<HistoryEntry> {
    let end = call.end_reason?;
    let length = call.connected_at.map(|_| length_in_words(call.connected_seconds));
    let (text, note) = match (viewer.role(), length) {
        (Role::Patient, None) => return None,
        (Role::Patient, Some(length)) => (format!("A call of {length}"), None),
        (_, Some(length)) => (format!("A call of {length}{}: {}", by(call.path), end_words(end)), quality(call)),
        (_, None) => (format!("A call without a connection: {}", end_words(end)), quality(call)),
    };
    let at = Moment::new(call.started_at, viewer.zone());
    Some(HistoryEntry { text, note, at, call: Some(call.id) })
}

/// Which way it took, to be read after how long it was.
fn by(path: Option<CallPath>) -> &'static str {
    match path {
        None => "",
        Some(CallPath::Direct) => ", directly from browser to browser",
        Some(CallPath::RelayUdp) => ", through the relay (UDP)",
        Some(CallPath::RelayTcp) => ", through the relay (TCP)",
        Some(CallPath::RelayTls) => ", through the relay (TLS)",
    }
}

fn end_words(end: CallEnd) -> &'static str {
    match end {
        CallEnd::HungUp => "somebody hung up",
        CallEnd::Lost => "lost, nothing was heard of either side",
        CallEnd::NotAnswered => "nobody answered",
        CallEnd::MovedToPhone => "the visit went on by telephone",
        CallEnd::Finished => "ended with the visit",
    }
}

/// What was bad about it; nothing if nothing was.
fn quality(call: &CallOfVisit) -> Option<String> {
    let restarts = match call.restarts {
        ..=0 => None,
        1 => Some("Looked for another way once.".to_owned()),
        times => Some(format!("Looked for another way {times} times.")),
    };
    let loss =
        call.loss.filter(|loss| *loss > 0).map(|loss| format!("At its worst {loss} % of what was sent was lost."));
    let said: Vec<String> = restarts.into_iter().chain(loss).collect();
    (!said.is_empty()).then(|| said.join(" "))
}
