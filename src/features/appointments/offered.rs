//! What a viewer is offered to do with an appointment, as it stands and as their role may.

use std::collections::BTreeMap;

use entity::enums::{AppointmentStatus, Role};
use serde::Serialize;

use super::{
    back::Back,
    queries::AppointmentRow,
    step::{Stage, Step},
    wishes,
};
use crate::{
    access::{PageContext, Viewer},
    web::Present,
};

/// Something the viewer may do with an appointment as it stands: a form of one button, for the
/// component `appointment_act`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfferedStep {
    #[serde(skip)]
    pub(super) step: Step,
    /// What the button says.
    pub(crate) label: &'static str,
    /// Where the form is sent; of what [leads](Self::leads) to another page, that page.
    pub(crate) href: String,
    /// The button's kind: primary, plain or danger.
    pub(crate) kind: &'static str,
    /// Hidden fields, the version among them.
    pub(crate) fields: BTreeMap<&'static str, String>,
    /// Whether it leads to a page where it is done, and does nothing by itself.
    pub(crate) leads: bool,
    /// What is asked before it is done; none for what needs no second thought.
    pub(crate) question: Option<Question>,
    /// Whether it is how staff answer a patient's wish for another time.
    #[serde(skip)]
    pub(crate) answers_wish: bool,
}

/// What is asked before an act is done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question {
    /// The question.
    pub(crate) title: String,
    /// The button that does it.
    pub(crate) yes: &'static str,
    /// The button that does not.
    pub(crate) no: &'static str,
    /// The id of the field `reason`, when one must be given; unique on a page of many appointments.
    pub(crate) reason_id: Option<String>,
    /// The id of the field `overbook_reason`, when it was refused and may be done all the same.
    pub(crate) overbook_id: Option<String>,
    /// The id of the field `note`, when something may be said.
    pub(crate) note_id: Option<String>,
}

/// What `viewer` may do with an appointment of theirs as it stands, the usual thing first: the steps
/// that are the role's to take. A doctor declines a request and does not cancel it as well.
pub(super) fn acts(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<OfferedStep> {
    let role = viewer.role();
    let stands_in = role == Role::HospitalAdmin && !row.doctor.user.active;
    let declines = role == Role::Doctor && row.status == AppointmentStatus::Requested;
    let steps = Step::ALL
        .into_iter()
        .filter(|step| step.roles().contains(&role) || (stands_in && step.outcome().is_some()))
        .filter(|step| step.may_follow(&Stage::of_row(row, viewer.zone()), present))
        .filter(|step| match step {
            Step::Cancel => !declines,
            // Nobody says that they will come to a doctor who is not there.
            Step::Confirm | Step::AcceptProposal => {
                row.doctor.user.active
                    && row.patient.user.active
                    && (*step != Step::Confirm || row.absence_id.is_none())
            }
            // Nor is anything promised to a patient whom nobody tells.
            Step::Approve | Step::Propose => row.patient.user.active,
            _ => true,
        })
        .map(|step| act(step, role, row));
    wishes::acts(viewer, row, present).into_iter().chain(steps).collect()
}

/// The same for a row of a dashboard: what is done many times a day, and leads back to that board, but for another time, which is chosen on a page of its
/// own. Calling a visit off is offered on its own page.
pub(crate) fn row_acts(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<OfferedStep> {
    let mut offered = acts(viewer, row, present);
    offered.retain(|act| act.step != Step::Cancel);
    for act in &mut offered {
        act.fields.insert("back", Back::Board.value().to_owned());
    }
    offered
}

/// The same for a row of the list that is narrowed by the query string `list`, and leads back to that row.
pub(super) fn list_acts(context: PageContext<'_>, row: &AppointmentRow, list: &str) -> Vec<OfferedStep> {
    let mut offered = row_acts(context.viewer, row, context.present);
    for act in &mut offered {
        act.fields.extend([("back", Back::List(String::new()).value().to_owned()), ("list", list.to_owned())]);
        if context.viewer.role() == Role::HospitalAdmin {
            act.hush();
        }
    }
    offered
}

/// The same in the room of a visit: what is done while it goes on, and leads back there.
pub(crate) fn room_acts(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<OfferedStep> {
    let mut offered = acts(viewer, row, present);
    offered.retain(|act| matches!(act.step, Step::Arrive | Step::Start | Step::Complete | Step::MissVisit));
    for act in &mut offered {
        act.fields.insert("back", Back::Room.value().to_owned());
    }
    offered
}

/// `step` as it is offered to `role`.
fn act(step: Step, role: Role, row: &AppointmentRow) -> OfferedStep {
    let outcome = step.outcome().map(|code| ("outcome", code.to_owned()));
    // Another time is chosen among those that are free.
    let leads = step.needs_time();
    OfferedStep {
        step,
        label: label(step, role),
        href: format!("/appointments/{}/{}", row.id, if leads { "rescheduling" } else { step.noun() }),
        leads,
        kind: match step {
            Step::RefuseProposal | Step::Propose => "plain",
            // Late is not over: whoever still waits is seen first.
            Step::Complete if row.status == AppointmentStatus::Waiting => "plain",
            Step::Arrive if role == Role::Patient && row.status == AppointmentStatus::Scheduled => "plain",
            Step::Reject | Step::Cancel | Step::MissVisit => "danger",
            _ => "primary",
        },
        fields: std::iter::once(("version", row.version.to_string())).chain(outcome).collect(),
        question: question(step, role, row),
        answers_wish: false,
    }
}

impl OfferedStep {
    /// Whether it is what usually comes next, and stands out for that.
    pub(crate) fn is_next(&self) -> bool {
        self.kind == "primary"
    }

    /// Says in few words what its line says as well, and the desk's commonest act no louder than the hundred other lines do.
    fn hush(&mut self) {
        match self.step {
            Step::Arrive => (self.label, self.kind) = ("Arrived", "plain"),
            Step::AcceptProposal => self.label = "Accept it",
            _ => {}
        }
    }

    /// The same for a line of the desk's board, hushed, and leading back to that line. `doctor`, a `doctor.id`, when the visits of one are looked at.
    pub(crate) fn in_row(mut self, doctor: Option<i64>) -> Self {
        self.hush();
        self.fields.insert("back", Back::Row(doctor).value().to_owned());
        self.fields.extend(doctor.map(|id| ("doctor", id.to_string())));
        self
    }

    /// An approval that was refused, to be given all the same with a reason.
    pub(super) fn all_the_same(&mut self) {
        self.label = "Approve all the same";
        self.kind = "plain";
        self.question = Some(Question {
            title: "Approve the request all the same?".to_owned(),
            yes: "Approve it",
            no: "Not like that",
            reason_id: None,
            overbook_id: Some("overbook-reason".to_owned()),
            note_id: None,
        });
    }

    /// Whether somebody says by it that the patient is there.
    pub(crate) fn is_arrival(&self) -> bool {
        self.step == Step::Arrive
    }

    /// The id of the field `name` of its question, if it has one.
    pub(super) fn field_id(&self, name: &str) -> Option<&str> {
        let question = self.question.as_ref()?;
        match name {
            "reason" => question.reason_id.as_deref(),
            "overbook_reason" => question.overbook_id.as_deref(),
            "note" => question.note_id.as_deref(),
            _ => None,
        }
    }
}

fn label(step: Step, role: Role) -> &'static str {
    match step {
        Step::Approve => "Approve",
        Step::Propose => "Propose another time",
        Step::Reject => "Decline",
        Step::AcceptProposal => "Accept the proposed time",
        Step::RefuseProposal => "Refuse it",
        Step::Confirm => "I will come",
        Step::Arrive if role == Role::Patient => "I have arrived",
        Step::Arrive => "Patient has arrived",
        Step::Start => "Start the visit",
        Step::Complete => "Visit completed",
        Step::MissVisit => "Did not attend",
        Step::Cancel => "Cancel the visit",
    }
}

fn question(step: Step, role: Role, row: &AppointmentRow) -> Option<Question> {
    let whom = match role {
        Role::Patient => row.doctor_name(),
        _ => row.patient_name(),
    };
    let (title, yes, no) = match step {
        Step::Reject => (format!("Decline the request of {whom}?"), "Decline the request", "Keep it"),
        Step::Cancel => (format!("Cancel the visit with {whom}?"), "Cancel the visit", "Keep the visit"),
        Step::MissVisit => (format!("Record that {whom} did not attend?"), "Did not attend", "Not yet"),
        _ => return None,
    };
    Some(Question {
        title,
        yes,
        no,
        reason_id: step.needs_reason().then(|| format!("reason-{}-{}", step.noun(), row.id)),
        overbook_id: None,
        note_id: None,
    })
}
