//! The words for an appointment's states and steps: the one source for lists, pages, tags and filters.

use chrono::NaiveDateTime;
use entity::enums::{AppointmentStatus, EventKind, Role};
use serde::Serialize;

use crate::web::local_in_words;

/// All states, in the order a filter offers them.
pub(crate) const STATUSES: [AppointmentStatus; 10] = [
    AppointmentStatus::Requested,
    AppointmentStatus::Proposed,
    AppointmentStatus::Scheduled,
    AppointmentStatus::Confirmed,
    AppointmentStatus::Waiting,
    AppointmentStatus::InProgress,
    AppointmentStatus::Completed,
    AppointmentStatus::NoShow,
    AppointmentStatus::Rejected,
    AppointmentStatus::Cancelled,
];

/// A state as the status tag shows it: a word and a shape, never colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct StatusTag {
    /// The value in filters and styles.
    pub(crate) code: &'static str,
    /// The word people read.
    pub(crate) label: &'static str,
    /// The shape beside it.
    pub(crate) shape: &'static str,
}

/// The tag of `status`.
pub(crate) fn status_tag(status: AppointmentStatus) -> StatusTag {
    let (code, label, shape) = match status {
        AppointmentStatus::Requested => ("requested", "Requested", "ring"),
        AppointmentStatus::Proposed => ("proposed", "Time proposed", "diamond"),
        AppointmentStatus::Scheduled => ("scheduled", "Scheduled", "dot"),
        AppointmentStatus::Confirmed => ("confirmed", "Confirmed", "target"),
        AppointmentStatus::Waiting => ("waiting", "Waiting", "hourglass"),
        AppointmentStatus::InProgress => ("in_progress", "In visit", "half"),
        AppointmentStatus::Completed => ("completed", "Completed", "check"),
        AppointmentStatus::NoShow => ("no_show", "Did not attend", "bar"),
        AppointmentStatus::Rejected => ("rejected", "Declined", "cross"),
        AppointmentStatus::Cancelled => ("cancelled", "Cancelled", "slash"),
    };
    StatusTag { code, label, shape }
}

/// What the list can be narrowed to by its parameter `status`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StatusFilter {
    /// Visits in this state.
    Is(AppointmentStatus),
    /// Visits that are over although nobody said what came of them.
    NeedsOutcome,
    /// Visits that take the time of their doctor and begin within 24 hours.
    Next24Hours,
    /// Visits whose note is begun and not signed, or is still to be written.
    NotesToSign,
    /// Visits that were agreed on and are not over.
    Upcoming,
    /// Visits, and requests for such, whose time is not over.
    ToCome,
    /// Visits whose doctor is away then, or has left, whose patient's account is shut, or which are at another time than was promised.
    WithoutDoctor,
    /// Visits that stand and of which the patient asks for another time, which nobody has answered yet.
    Wished,
    /// Whatever was neither declined nor cancelled.
    Standing,
}

impl StatusFilter {
    /// All that are for somebody of `role`, in the order a filter offers them. What needs an outcome, or a doctor, is work for those
    /// who see patients and for the desk, and none of a patient's; notes are written by doctors.
    pub(super) fn offered_to(role: Role) -> impl Iterator<Item = Self> {
        let work: &[Self] = match role {
            Role::Patient => &[Self::Upcoming, Self::Wished],
            Role::Doctor => &[
                Self::NeedsOutcome,
                Self::Wished,
                Self::Next24Hours,
                Self::NotesToSign,
                Self::ToCome,
                Self::WithoutDoctor,
            ],
            Role::HospitalAdmin | Role::SuperAdmin => {
                &[Self::NeedsOutcome, Self::Wished, Self::ToCome, Self::WithoutDoctor, Self::Standing]
            }
        };
        work.iter().copied().chain(STATUSES.into_iter().map(Self::Is))
    }

    /// Whether such visits have begun, or should have.
    pub(super) fn lies_behind(self) -> bool {
        use AppointmentStatus::{Completed, NoShow};
        matches!(self, Self::NeedsOutcome | Self::NotesToSign | Self::Is(Completed | NoShow))
    }

    /// The one whose value is `code`, if it is offered to somebody of `role`.
    pub(super) fn from_code(code: &str, role: Role) -> Option<Self> {
        Self::offered_to(role).find(|offered| offered.code() == code)
    }

    /// The value in the address.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Is(status) => status_tag(status).code,
            Self::NeedsOutcome => "needs_outcome",
            Self::Next24Hours => "next_24_hours",
            Self::NotesToSign => "notes_to_sign",
            Self::Upcoming => "upcoming",
            Self::ToCome => "to_come",
            Self::WithoutDoctor => "without_doctor",
            Self::Wished => "wished",
            Self::Standing => "standing",
        }
    }

    /// The words people read.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Is(status) => status_tag(status).label,
            Self::NeedsOutcome => "Needs an outcome",
            Self::Next24Hours => "In the next 24 hours",
            Self::NotesToSign => "Note to sign",
            Self::Upcoming => "Upcoming",
            Self::ToCome => "To come",
            Self::WithoutDoctor => "Needs somebody",
            Self::Wished => "Another time asked for",
            Self::Standing => "Not called off",
        }
    }
}

/// What somebody did to the visit, to be read after their name or after "You".
pub(super) fn event_words(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Requested => "asked for the visit",
        EventKind::Booked => "booked the visit",
        EventKind::Approved => "approved the request",
        EventKind::Proposed => "proposed another time",
        EventKind::ProposalAccepted => "accepted the proposed time",
        EventKind::ProposalRefused => "refused the proposed time",
        EventKind::Rejected => "declined the request",
        EventKind::Confirmed => "confirmed the visit",
        EventKind::Rescheduled => "moved the visit to another time",
        EventKind::Arrived => "recorded the arrival",
        EventKind::Started => "began the visit",
        EventKind::Completed => "recorded the visit as completed",
        EventKind::NoShow => "recorded that the patient did not attend",
        EventKind::Cancelled => "cancelled the visit",
        EventKind::ModalityChanged => "changed how the visit is held",
        EventKind::Corrected => "took back what was recorded last",
        EventKind::Wished => "asked for another time",
        EventKind::WishRefused => "left the visit at its time",
        EventKind::WishWithdrawn => "kept the time of the visit",
    }
}

/// What is said after these words of the times that it was about, as the clock showed them then; nothing where a step keeps none, or where the
/// time of the visit says nothing about it.
pub(super) fn event_times(
    kind: EventKind,
    starts_at: Option<NaiveDateTime>,
    proposed: Option<NaiveDateTime>,
) -> String {
    let Some(when) = starts_at.map(local_in_words) else { return String::new() };
    match (kind, proposed.map(local_in_words)) {
        (EventKind::Requested, _) => format!(" on {when}"),
        (EventKind::Booked | EventKind::Approved | EventKind::Rejected, _) => format!(" for {when}"),
        (EventKind::WishRefused | EventKind::WishWithdrawn, Some(wished)) => format!(": {when}, not {wished}"),
        (EventKind::Proposed | EventKind::Wished, Some(proposed)) => format!(": {proposed} instead of {when}"),
        (EventKind::ProposalRefused, Some(refused)) => format!(", {refused}, instead of {when}"),
        (EventKind::Rescheduled, Some(before)) => format!(": {when} instead of {before}"),
        (EventKind::ProposalAccepted | EventKind::Rescheduled, _) => format!(": {when}"),
        (EventKind::Confirmed | EventKind::Cancelled, _) => format!(" on {when}"),
        _ => String::new(),
    }
}

/// What comes next, said to somebody of `role` before or after the visit's time `is_over`.
pub(crate) fn what_comes_next(status: AppointmentStatus, is_over: bool, role: Role) -> &'static str {
    match role {
        Role::Doctor => next_for_doctor(status, is_over),
        Role::Patient => next_for_patient(status, is_over),
        Role::HospitalAdmin | Role::SuperAdmin => next_for_desk(status, is_over),
    }
}

fn next_for_doctor(status: AppointmentStatus, is_over: bool) -> &'static str {
    match status {
        AppointmentStatus::Requested => "The patient waits for your decision.",
        AppointmentStatus::Proposed => "The patient accepts the proposed time or refuses it.",
        AppointmentStatus::Scheduled | AppointmentStatus::Confirmed if is_over => {
            "The time of the visit is over. Record what came of it."
        }
        AppointmentStatus::Scheduled | AppointmentStatus::Confirmed => {
            "When the patient arrives, you will be notified."
        }
        AppointmentStatus::Waiting => "The patient is here and waits for you.",
        AppointmentStatus::InProgress => "When the visit is over, record its outcome.",
        over => next_when_over(over),
    }
}

fn next_for_patient(status: AppointmentStatus, is_over: bool) -> &'static str {
    match status {
        AppointmentStatus::Scheduled | AppointmentStatus::Confirmed if is_over => {
            "The time of the visit is over. The doctor records what came of it."
        }
        AppointmentStatus::Requested => "The doctor decides. You will be notified.",
        AppointmentStatus::Proposed => "Accept the proposed time, or refuse it: then your request stands as it was.",
        AppointmentStatus::Scheduled => "Confirm that you will come. On the day, say here that you have arrived.",
        AppointmentStatus::Confirmed => "On the day, say here that you have arrived.",
        AppointmentStatus::Waiting => "The doctor knows that you are waiting.",
        AppointmentStatus::InProgress => "The visit is going on.",
        over => next_when_over(over),
    }
}

fn next_for_desk(status: AppointmentStatus, is_over: bool) -> &'static str {
    match status {
        AppointmentStatus::Scheduled | AppointmentStatus::Confirmed if is_over => {
            "The time of the visit is over. The doctor records what came of it."
        }
        AppointmentStatus::Requested => "The doctor decides about the request.",
        AppointmentStatus::Proposed => "The patient, or you for the patient, accepts the proposed time or refuses it.",
        AppointmentStatus::Scheduled | AppointmentStatus::Confirmed => "When the patient arrives, record it here.",
        AppointmentStatus::Waiting => "The doctor knows that the patient is waiting.",
        AppointmentStatus::InProgress => "The visit is going on.",
        over => next_when_over(over),
    }
}

fn next_when_over(status: AppointmentStatus) -> &'static str {
    match status {
        AppointmentStatus::Completed => "The visit took place. Nothing is left to do.",
        AppointmentStatus::NoShow => "The patient did not attend. Nothing is left to do.",
        AppointmentStatus::Rejected => "The request was declined. Nothing is left to do.",
        _ => "The visit was cancelled. Nothing is left to do.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_state_has_its_own_word_shape_and_code() {
        let tags: Vec<StatusTag> = STATUSES.into_iter().map(status_tag).collect();
        for part in [|tag: &StatusTag| tag.code, |tag: &StatusTag| tag.label, |tag: &StatusTag| tag.shape] {
            assert_eq!(tags.iter().map(part).collect::<HashSet<_>>().len(), STATUSES.len());
        }
    }

    #[test]
    fn a_filter_is_found_by_its_value_by_those_to_whom_it_is_offered() {
        for role in [Role::Doctor, Role::HospitalAdmin, Role::Patient] {
            for filter in StatusFilter::offered_to(role) {
                assert_eq!(StatusFilter::from_code(filter.code(), role), Some(filter));
            }
        }
        let work = StatusFilter::NeedsOutcome;
        assert_eq!(StatusFilter::from_code(work.code(), Role::Patient), None);
        assert_eq!(StatusFilter::offered_to(Role::Doctor).filter(|filter| filter.label() == work.label()).count(), 1);
    }
}
