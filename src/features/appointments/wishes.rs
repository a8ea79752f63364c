//! A patient's wish for another time of a visit that stands: whether it can still be answered, what is said of it, and what can be done about it.
//!
//! The visit stays where it is and carries the wish, which holds no time: until somebody of the clinic answers it, it is as if nothing had been asked. It can
//! be answered until its own time or that of the visit is over.

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus, Role};

use super::{
    offered::{OfferedStep, Question},
    queries::{AppointmentRow, AppointmentState},
    step::Step,
};
use crate::{
    access::{PageContext, Viewer},
    web::{Present, local_in_words},
};

/// What of a visit decides what becomes of a wish.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    status: AppointmentStatus,
    ends_at: DateTime<Utc>,
    wished_starts_at: Option<DateTime<Utc>>,
    /// Whether both can come in: the one asks, the other would meet them then.
    are_active: bool,
}

impl From<&AppointmentRow> for Wish {
    fn from(visit: &AppointmentRow) -> Self {
        let AppointmentRow { status, ends_at, wished_starts_at, .. } = *visit;
        let are_active = visit.doctor.user.active && visit.patient.user.active;
        Self { status, ends_at, wished_starts_at, are_active }
    }
}

impl From<&AppointmentState> for Wish {
    fn from(visit: &AppointmentState) -> Self {
        let AppointmentState { status, ends_at, wished_starts_at, doctor_active, patient_active, .. } = *visit;
        Self { status, ends_at, wished_starts_at, are_active: doctor_active && patient_active }
    }
}

impl Wish {
    /// The time that is asked for. A release that knows of no wishes leaves it beside a visit that has moved on.
    pub(super) fn wished(self) -> Option<DateTime<Utc>> {
        self.wished_starts_at.filter(|_| AppointmentStatus::AGREED.contains(&self.status))
    }

    /// Whether it is too late to answer: as [`super::queries::wish_lapses_at`].
    pub(super) fn has_lapsed(self, present: &Present) -> bool {
        self.wished().is_none_or(|wished| present.is_past(wished.min(self.ends_at)))
    }

    /// Whether it waits for an answer that somebody can give.
    pub(super) fn is_open(self, present: &Present) -> bool {
        !self.has_lapsed(present) && self.are_active
    }
}

/// What is said of the wish that the visit carries.
pub(crate) fn wish_words(PageContext { viewer, present }: PageContext<'_>, row: &AppointmentRow) -> Option<String> {
    let visit = Wish::from(row);
    let in_words = |at| local_in_words(viewer.zone().local(at));
    let wished = in_words(visit.wished()?);
    // Of a visit that is over, or whose doctor is away, nobody can promise that.
    let stays = format!(" Your visit stays at {}", in_words(row.starts_at));
    let stays = if present.is_past(row.ends_at) || row.absence_id.is_some() { String::new() } else { stays };
    let until = if stays.is_empty() { "" } else { " until the clinic answers." };
    let end = if stays.is_empty() { "" } else { "." };
    Some(match (visit.is_open(present), viewer.role()) {
        (true, Role::Patient) => format!("You asked for {wished}.{stays}{until}"),
        (true, _) => format!("Asks for {wished} instead."),
        (false, _) if !visit.has_lapsed(present) => {
            format!("{wished} was asked for, and cannot be had: an account is shut.")
        }
        (false, Role::Patient) => {
            format!("You asked for {wished}, and nobody answered in time.{stays}{end}")
        }
        (false, _) => format!("Asked for {wished}: nobody answered in time, and it is over."),
    })
}

/// Where its patient asks for another time, as long as the visit has not begun. How long ahead they have to ask is said there, with whom to call instead.
pub(crate) fn wish_href(PageContext { viewer, present }: PageContext<'_>, row: &AppointmentRow) -> Option<String> {
    let is_theirs = viewer.role() == Role::Patient && row.doctor.user.active;
    let may = is_theirs && AppointmentStatus::AGREED.contains(&row.status) && !present.has_come(row.starts_at);
    may.then(|| format!("/appointments/{}/rescheduling", row.id))
}

/// What `viewer` may do about the wish while it waits for an answer: staff accept it or leave the visit where it is, the patient takes it back.
pub(super) fn acts(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<OfferedStep> {
    if !Wish::from(row).is_open(present) {
        return Vec::new();
    }
    let act = |step: Step, label, kind| OfferedStep {
        step,
        label,
        href: format!("/appointments/{}/{}", row.id, step.noun()),
        kind,
        fields: [("version", row.version.to_string())].into(),
        leads: false,
        question: None,
        answers_wish: viewer.role() != Role::Patient,
    };
    match viewer.role() {
        Role::Patient => vec![act(Step::RefuseProposal, "Keep my time", "plain")],
        Role::SuperAdmin => Vec::new(),
        Role::Doctor | Role::HospitalAdmin => vec![
            act(Step::AcceptProposal, "Accept the other time", "primary"),
            OfferedStep { question: Some(leaving(row)), ..act(Step::RefuseProposal, "Leave it at its time", "plain") },
        ],
    }
}

fn leaving(row: &AppointmentRow) -> Question {
    Question {
        title: format!("Leave the visit of {} at its time?", row.patient_name()),
        yes: "Leave it there",
        no: "Not yet",
        reason_id: None,
        overbook_id: None,
        note_id: Some(format!("note-wish-{}", row.id)),
    }
}
