//! What a notification says. The text is written when it is shown, and never stored: a corrected name shows at once in old
//! notifications too. The times in it are those of then, as the event was about them; where the visit stands now is on its page.

use chrono::{DateTime, NaiveDateTime, Utc};
use entity::enums::{NotificationKind, Role};

use crate::{time_zone::Tz, web::local_in_words};

/// The times that something was about, as the hospital's clock showed them when it happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToldTimes {
    /// Of the visit.
    pub(crate) starts_at: Option<NaiveDateTime>,
    /// The one that was proposed instead.
    pub(crate) proposed: Option<NaiveDateTime>,
}

impl ToldTimes {
    /// Of instants on the clock of `zone`.
    pub(crate) fn of(zone: Tz, starts_at: Option<DateTime<Utc>>, proposed: Option<DateTime<Utc>>) -> Self {
        Self { starts_at: starts_at.map(|at| zone.local(at)), proposed: proposed.map(|at| zone.local(at)) }
    }

    /// These, or where a row of an earlier release keeps none, those of `today`.
    pub(crate) fn or(self, today: Self) -> Self {
        if self.starts_at.is_some() { self } else { today }
    }
}

/// What the sentence is made of.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    /// What happened.
    pub(crate) kind: NotificationKind,
    /// What it was about.
    pub(crate) times: ToldTimes,
    /// The doctor's name, as "Dr …".
    pub(crate) doctor: &'a str,
    /// The patient's name.
    pub(crate) patient: &'a str,
    /// The reason that was given, for a rejection or a cancellation.
    pub(crate) reason: Option<&'a str>,
}

/// The sentence for a reader of `role`.
pub(crate) fn sentence(facts: &Facts<'_>, role: Role) -> String {
    let time = |at: Option<NaiveDateTime>, unknown: &str| at.map_or_else(|| unknown.to_owned(), local_in_words);
    let when = time(facts.times.starts_at, "an unknown time");
    match facts.kind {
        NotificationKind::AppointmentRequested => {
            format!("{} asks for a visit on {when}.", facts.patient)
        }
        NotificationKind::AppointmentProposed => {
            let offered = time(facts.times.proposed, "another time");
            format!("{} proposes {offered} instead of {when}.", facts.doctor)
        }
        NotificationKind::TimeWished => {
            let wished = time(facts.times.proposed, "another time");
            format!("{} asks for {wished} instead of {when}{}.", facts.patient, with_whom(facts, role))
        }
        NotificationKind::WishWithdrawn => {
            format!("{} keeps the visit on {when}{}.", facts.patient, with_whom(facts, role))
        }
        NotificationKind::WishRefused => {
            let wished = time(facts.times.proposed, "the other time that was asked for");
            format!("The visit {} stays on {when}: {wished} cannot be had.", other_party(facts, role))
        }
        NotificationKind::AppointmentConfirmed => {
            format!("{} confirmed the visit on {when}.", facts.patient)
        }
        NotificationKind::PatientArrived => {
            format!("{} is waiting for the visit on {when}.", facts.patient)
        }
        NotificationKind::AppointmentHandedOver => handed_over(facts, role, &when),
        NotificationKind::AbsenceRecorded => {
            let visit = other_party(facts, role);
            format!("An absence was recorded over the visit {visit} on {when}. It may not be the only one in it.")
        }
        _ => what_became(facts, &other_party(facts, role), &when),
    }
}

/// With whom the patient's visit is, to whoever is not that doctor.
fn with_whom(facts: &Facts<'_>, role: Role) -> String {
    if role == Role::Doctor { String::new() } else { format!(", with {}", facts.doctor) }
}

/// Whether it tells a doctor that a visit is theirs no more.
pub(super) fn is_former(kind: NotificationKind, role: Role) -> bool {
    kind == NotificationKind::AppointmentHandedOver && role == Role::Doctor
}

/// A doctor who is told of it is the one who had the visit.
fn handed_over(facts: &Facts<'_>, role: Role, when: &str) -> String {
    match role {
        Role::Patient => {
            let before = facts.times.proposed.map(|before| format!(" instead of {}", local_in_words(before)));
            format!("Your visit is with {} now, on {when}{}.", facts.doctor, before.unwrap_or_default())
        }
        Role::Doctor => format!("The visit with {} on {when} was handed over to another doctor.", facts.patient),
        Role::HospitalAdmin | Role::SuperAdmin => {
            format!("The visit of {} was handed over: it is with {} now, on {when}.", facts.patient, facts.doctor)
        }
    }
}

/// The reader knows who they are: the other party, or both to an administrator.
fn other_party(facts: &Facts<'_>, role: Role) -> String {
    match role {
        Role::Patient => format!("with {}", facts.doctor),
        Role::Doctor => format!("with {}", facts.patient),
        Role::HospitalAdmin | Role::SuperAdmin => {
            format!("of {} with {}", facts.patient, facts.doctor)
        }
    }
}

/// What became of the visit `with` somebody at `when`.
fn what_became(facts: &Facts<'_>, with: &str, when: &str) -> String {
    let because = facts.reason.map(|reason| format!(" Reason: {reason}")).unwrap_or_default();
    match facts.kind {
        NotificationKind::AppointmentBooked => format!("A visit {with} was booked for {when}."),
        NotificationKind::AppointmentApproved => {
            format!("The visit {with} on {when} was approved.")
        }
        NotificationKind::ProposalAccepted => {
            format!("The proposed time was accepted: the visit {with} is on {when}.")
        }
        NotificationKind::ProposalRefused => {
            format!("The proposed time was refused: the request {with} for {when} is open again.")
        }
        NotificationKind::AppointmentRejected => {
            format!("The request {with} for {when} was declined.{because}")
        }
        NotificationKind::AppointmentCancelled => {
            format!("The visit {with} on {when} was cancelled.{because}")
        }
        NotificationKind::AppointmentRescheduled => {
            format!("The visit {with} was moved to {when}.")
        }
        NotificationKind::AppointmentCorrected => {
            format!(
                "What was recorded last of the visit {with} on {when} was a mistake, and was taken back. Its history says what, and why."
            )
        }
        NotificationKind::ModalityChanged => {
            format!("The visit {with} on {when} is held in another way than was agreed.")
        }
        NotificationKind::NoteSigned => {
            format!("What was found at the visit {with} on {when}, and what to do, is there for you to read.")
        }
        NotificationKind::DocumentIssued => {
            format!("A document of the visit {with} on {when} was issued, and is there for you to read.")
        }
        NotificationKind::DocumentRevoked => {
            format!("A document of the visit {with} on {when} was revoked: it counts no more.")
        }
        _ => format!("The visit {with} on {when} was recorded as not attended."),
    }
}

/// Sentences that begin with the patient would begin in lower case.
pub(crate) fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
