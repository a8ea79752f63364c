//! What stands on the page of each visit in an absence: what can be chosen for it, and what became of it.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::enums::AppointmentStatus;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::{
        appointments::{
            appointment::{StatusTag, status_tag},
            forms::{CANCEL, EachVisit, LEAVE, VisitChoice},
            queries::{AppointmentRow, VisitInAbsence},
            service::{
                absence::{Cleared, ClearedVisit, has_come},
                moving::may_be_moved,
            },
            step::{Stage, Step},
        },
        schedules::{Stretch, Time},
    },
    time_zone::Tz,
    web::{AppError, Moment, PhoneLink, Present, local_in_words, moment::date_in_words, parse_local},
};

/// A visit, and what can be chosen for it.
#[derive(Debug, Serialize)]
pub(super) struct RowInAbsence {
    pub(super) id: i64,
    href: String,
    version: i32,
    patient: String,
    born: Option<String>,
    phone: Option<PhoneLink>,
    starts_at: Moment,
    status: StatusTag,
    times: Vec<Time>,
    /// Whether it can be called off here.
    cancels: bool,
    /// Where it is moved to any time that is free; none when it cannot be.
    other_href: Option<String>,
    /// Why no time is offered.
    refusal: Option<String>,
    /// Of its choices the one that is ticked.
    chosen: String,
}

/// What became of a visit.
#[derive(Debug, Serialize)]
pub(super) struct ResultLine {
    id: i64,
    href: String,
    patient: String,
    born: Option<String>,
    /// When it was before.
    starts_at: Moment,
    /// `moved`, `cancelled`, `left` or `refused`.
    code: &'static str,
    /// What was chosen for it, as the form said it.
    chosen: String,
    said: String,
}

const REFUSED: &str = "refused";
const NOT_AGREED: &str = "This time is not agreed yet. Its doctor can propose another on its page.";
const PROPOSED: &str = "Another time is proposed already: it is accepted or refused on its page.";
const NO_TIME: &str = "No time of the doctor's is left to offer here: see other times, or another doctor's.";
const GONE: &str = "The doctor does not practise here any more: hand the visit over to another doctor, or cancel it.";

/// Whether the visit can be moved to another time of the same doctor's, if it can be moved.
fn stays_with(row: &AppointmentRow) -> Result<(), AppError> {
    if row.doctor.user.active { Ok(()) } else { Err(AppError::Conflict(GONE.to_owned())) }
}

/// Whether the visit can be moved to another time of the same doctor's.
pub(super) fn may_be_moved_here(row: &AppointmentRow, present: &Present) -> bool {
    may_be_moved(row.into(), present).and_then(|()| stays_with(row)).is_ok()
}

impl RowInAbsence {
    pub(super) fn new(
        VisitInAbsence { row, phone, .. }: &VisitInAbsence,
        offered: Vec<Stretch>,
        (present, zone): (&Present, Tz),
    ) -> Self {
        let may = may_be_moved(row.into(), present);
        let other_href = may.is_ok().then(|| format!("/appointments/{}/rescheduling", row.id));
        let refused = may.and_then(|()| stays_with(row)).err();
        let cancels = !row.status.is_under_way() && Step::Cancel.may_follow(&Stage::of_row(row, zone), present);
        Self {
            id: row.id,
            href: format!("/appointments/{}", row.id),
            version: row.version,
            patient: row.patient_name(),
            born: row.patient.user.date_of_birth.map(date_in_words),
            phone: phone.as_deref().map(PhoneLink::new),
            starts_at: Moment::new(row.starts_at, zone),
            status: status_tag(row.status),
            cancels,
            other_href,
            refusal: match (row.status, refused) {
                (status, _) if status.is_under_way() => Some(has_come(status)),
                (AppointmentStatus::Requested, _) => Some(NOT_AGREED.to_owned()),
                (AppointmentStatus::Proposed, _) => Some(PROPOSED.to_owned()),
                (_, Some(AppError::Conflict(why))) => Some(why),
                _ if offered.is_empty() => Some(NO_TIME.to_owned()),
                _ => None,
            },
            times: offered.into_iter().map(|slot| time(slot.starts_at, zone)).collect(),
            chosen: LEAVE.to_owned(),
        }
    }

    pub(super) fn has_times(&self) -> bool {
        !self.times.is_empty()
    }

    pub(super) fn can_be_cancelled(&self) -> bool {
        self.cancels
    }

    /// Ticks what is chosen for each, where it can be.
    pub(super) fn choose_as_each(&mut self, each: EachVisit) {
        match (each, self.times.first()) {
            (EachVisit::First, Some(time)) => self.chosen.clone_from(&time.value),
            (EachVisit::Cancel, _) if self.cancels => CANCEL.clone_into(&mut self.chosen),
            _ => {}
        }
    }

    /// Ticks what was chosen, also a time that is not offered any more; unless it cannot be chosen at all by now.
    pub(super) fn choose(&mut self, chosen: &str) {
        let is_offered =
            chosen == LEAVE || (self.cancels && chosen == CANCEL) || self.times.iter().any(|time| time.value == chosen);
        match parse_local(chosen) {
            _ if is_offered => {}
            Some(local) => self.times.push(Time { value: chosen.to_owned(), label: label(local), is_taken: false }),
            None => return,
        }
        chosen.clone_into(&mut self.chosen);
    }
}

/// A time to choose, with its day.
fn time(at: DateTime<Utc>, zone: Tz) -> Time {
    Time { label: label(zone.local(at)), ..Time::new(at, zone) }
}

fn label(local: NaiveDateTime) -> String {
    local.format("%a %-d %b, %H:%M").to_string()
}

/// What was to be done and is not, before the reason.
fn not_done(choice: VisitChoice) -> String {
    match choice {
        VisitChoice::Leave => String::new(),
        VisitChoice::Cancel => "Not cancelled. ".to_owned(),
        VisitChoice::Move(local) => format!("Not moved to {}. ", local_in_words(local)),
    }
}

impl ResultLine {
    pub(super) fn new(viewer: &Viewer, ClearedVisit { before, choice, cleared }: ClearedVisit) -> Self {
        let (code, said) = match cleared {
            Cleared::Moved(local) => ("moved", format!("Moved to {}.", local_in_words(local))),
            Cleared::Cancelled => ("cancelled", "Cancelled.".to_owned()),
            Cleared::Left => ("left", "Left as it is.".to_owned()),
            Cleared::NotDone(why) => (REFUSED, not_done(choice) + &why),
        };
        Self {
            id: before.id,
            href: format!("/appointments/{}", before.id),
            patient: before.patient_name(),
            born: before.patient.user.date_of_birth.map(date_in_words),
            starts_at: Moment::new(before.starts_at, viewer.zone()),
            code,
            chosen: choice.value(),
            said,
        }
    }

    /// Whether the visit is as it was, against what was chosen.
    pub(super) fn is_refused(&self) -> bool {
        self.code == REFUSED
    }

    /// How many of `lines` there are of each kind, in words.
    pub(super) fn counted(lines: &[Self]) -> String {
        let kinds = [("moved", "moved"), ("cancelled", "cancelled"), ("left", "left"), (REFUSED, "not done")];
        let counted = kinds.map(|(code, word)| (lines.iter().filter(|line| line.code == code).count(), word));
        let some = counted.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}"));
        format!("{}.", some.collect::<Vec<_>>().join(", "))
    }
}
