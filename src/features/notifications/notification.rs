//! What a notification says. The text is written when it is shown, in the reader's zone, and never
//! stored: a moved visit or a corrected name shows at once in old notifications too.

use chrono::{DateTime, Utc};
use entity::enums::{NotificationKind, Role};

use crate::{time_zone::Tz, web::Moment};

/// What the sentence is made of.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    /// What happened.
    pub(crate) kind: NotificationKind,
    /// When the appointment is, UTC.
    pub(crate) starts_at: Option<DateTime<Utc>>,
    /// The time that was offered instead, UTC.
    pub(crate) proposed_starts_at: Option<DateTime<Utc>>,
    /// The doctor's name, as "Dr …".
    pub(crate) doctor: &'a str,
    /// The patient's name.
    pub(crate) patient: &'a str,
    /// The reason that was given, for a rejection or a cancellation.
    pub(crate) reason: Option<&'a str>,
}

/// The sentence for a reader of `role`, in their zone.
pub(crate) fn sentence(facts: &Facts<'_>, role: Role, zone: Tz) -> String {
    let time = |at: Option<DateTime<Utc>>, unknown: &str| {
        at.map_or_else(|| unknown.to_owned(), |at| Moment::new(at, zone).text)
    };
    let when = time(facts.starts_at, "an unknown time");
    match facts.kind {
        NotificationKind::AppointmentRequested => {
            format!("{} asks for a visit on {when}.", facts.patient)
        }
        NotificationKind::AppointmentProposed => {
            let offered = time(facts.proposed_starts_at, "another time");
            format!("{} proposes {offered} instead of {when}.", facts.doctor)
        }
        NotificationKind::AppointmentConfirmed => {
            format!("{} confirmed the visit on {when}.", facts.patient)
        }
        NotificationKind::PatientArrived => {
            format!("{} is waiting for the visit on {when}.", facts.patient)
        }
        _ => what_became(facts, &other_party(facts, role), &when),
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
        _ => format!("The visit {with} on {when} was recorded as not attended."),
    }
}
