//! What people ask of appointments, as domain types.

mod absence;
mod booking;
mod correcting;
mod doctor;
mod modality;
mod moving;
mod telling;

pub(super) use absence::{
    AbsenceQuery, CANCEL, ChosenVisit, ChosenVisits, EachVisit, LEAVE, VISITS_AT_ONCE, VisitChoice, absence, fields_of,
};
pub(super) use booking::{
    Booking, BookingDraft, NewQuery, WantedTime, booking, is_walk_in, looked_for, looks_for_times,
};
pub(super) use correcting::{Correction, correction};
pub(super) use doctor::{NO_DOCTOR, WantedDoctor};
pub(super) use modality::{ModalityChange, modality_change};
pub(super) use moving::{Move, MoveDraft, MoveQuery, moving};
pub(super) use telling::telling;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use entity::{enums::Role, limits};
use serde::Deserialize;

use super::{
    appointment::StatusFilter,
    back::Back,
    queries::{AppointmentState, DoctorOption},
    service::PatientAnswers,
    step::Step,
};
use crate::{
    text::SearchText,
    web::{FormReader, FormView, forms::Fields, parse_local, query::day},
};

/// The longest part of a name that can be searched for.
const SEARCH_CHARACTERS: usize = 100;

/// The query string of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentListQuery {
    when: Option<String>,
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    doctor: Option<String>,
    patient: Option<String>,
    q: Option<String>,
    pub(super) page: Option<String>,
}

/// From where on the list is wanted, where no days say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// From today on, the earliest first.
    ToCome,
    /// Before today, the latest first.
    Past,
}

impl When {
    /// Both, in the order in which they are offered.
    pub(super) const ALL: [Self; 2] = [Self::ToCome, Self::Past];

    /// The value in the address.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ToCome => "to_come",
            Self::Past => "past",
        }
    }

    /// The words people read.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::ToCome => "To come",
            Self::Past => "Past",
        }
    }
}

/// Which appointments are wanted.
#[derive(Clone, Debug)]
pub(super) struct ListFilter {
    /// None where the days, or the status alone, say it.
    pub(super) when: Option<When>,
    pub(super) status: Option<StatusFilter>,
    /// The first local day.
    pub(super) from: Option<NaiveDate>,
    /// The last local day, itself included.
    pub(super) to: Option<NaiveDate>,
    pub(super) doctor_id: Option<i64>,
    /// `patient.id`
    pub(super) patient_id: Option<i64>,
    /// Who a party must be.
    pub(super) search: SearchText,
}

impl AppointmentListQuery {
    /// The parameters, for the policy of the list.
    pub(super) const PARAMETERS: &'static [&'static str] =
        &["when", "status", "from", "to", "doctor", "patient", "q", "page"];

    /// The filter of somebody of `role`, and what was typed. The doctor is one of those `on_offer`, if any are.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn filter(self, role: Role, on_offer: &[DoctorOption]) -> Result<(ListFilter, FormView), Box<FormView>> {
        let reader = FormReader::new(self.fields());
        let when = reader.parsed_optional("when", "When", |code| {
            let when = When::ALL.into_iter().find(|when| when.code() == code);
            when.ok_or_else(|| "Choose what is to come, or what is past.".to_owned())
        });
        let status = reader.parsed_optional("status", "Status", |code| {
            StatusFilter::from_code(code, role).ok_or_else(|| "Choose a status from the list.".to_owned())
        });
        let from = reader.parsed_optional("from", "From", day);
        let to = reader.parsed_optional("to", "To", day);
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            reader.error("to", "The last day must not be before the first.");
        }
        let doctor_id = reader.parsed_optional("doctor", "Doctor", |id| {
            id.parse()
                .ok()
                .filter(|id| on_offer.is_empty() || on_offer.iter().any(|doctor| doctor.id == *id))
                .ok_or_else(|| "Choose a doctor from the list.".to_owned())
        });
        let patient_id = reader.parsed_optional("patient", "Patient", |id| {
            id.parse().map_err(|_error| "Follow the link on the patient's page.".to_owned())
        });
        let search = SearchText::new(&reader.search("q", "Name", SEARCH_CHARACTERS).unwrap_or_default());
        // The side that the list was on comes along with a status; what is over does not lie ahead.
        let is_behind = status.is_some_and(StatusFilter::lies_behind);
        let when = when.filter(|when| *when == When::Past || !is_behind);
        let when = when.or_else(|| status.is_none().then_some(When::ToCome)).filter(|_| from.or(to).is_none());
        let filter = ListFilter { when, status, from, to, doctor_id, patient_id, search };
        let typed = reader.view();
        reader.finish(Some((filter, typed)))
    }

    fn fields(self) -> Fields {
        let people = [("doctor", self.doctor), ("patient", self.patient), ("q", self.q)];
        [("when", self.when), ("status", self.status), ("from", self.from), ("to", self.to)]
            .into_iter()
            .chain(people)
            .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
            .collect()
    }
}

/// Somebody wants to take a step.
#[derive(Clone, Debug)]
pub(super) struct StepCommand {
    pub(super) step: Step,
    /// The version of the appointment that they saw.
    pub(super) version: i32,
    /// Why, of a step that needs it; of another time that is refused, what is said of it, if anything is.
    pub(super) reason: Option<String>,
    /// The time on the hospital's clock that is proposed; given when, and only when, the step needs it.
    pub(super) local: Option<NaiveDateTime>,
    /// The same as an instant, once it is known to be free, with where the visit stood when that was looked up.
    pub(super) proposes: Option<(DateTime<Utc>, AppointmentState)>,
    /// Why it must be then although something is in the way; of a doctor who approves.
    pub(super) overbook_reason: Option<String>,
    /// Where it was asked, and one goes on then.
    pub(super) back: Back,
    /// What a patient says who arrives.
    pub(super) answers: Option<PatientAnswers>,
}

impl StepCommand {
    /// The same with its reason for overbooking only if it `overbooks`.
    pub(super) fn overbooking(mut self, overbooks: bool) -> Self {
        self.overbook_reason = self.overbook_reason.filter(|_| overbooks);
        self
    }
}

/// The form of the one step in `steps`, or of those that share an address and are told apart by
/// `outcome`. With the command comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn step(steps: &[Step], fields: Fields) -> Result<(StepCommand, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = version(&reader);
    let step = match steps {
        [step] => Some(*step),
        steps => reader.parsed("outcome", "Outcome", |code| {
            steps
                .iter()
                .copied()
                .find(|step| step.outcome() == Some(code))
                .ok_or_else(|| "Say whether the visit took place.".to_owned())
        }),
    };
    let reason = match step {
        Some(step) if step.needs_reason() => reason(&reader),
        Some(Step::RefuseProposal) => note(&reader),
        _ => None,
    };
    let local = step.filter(|step| step.needs_time()).and_then(|_| local(&reader));
    let overbook_reason = step.filter(|step| *step == Step::Approve).and_then(|_| overbook_reason(&reader));
    let doctor = reader.optional("doctor", "Doctor", Back::LONGEST_ID).and_then(|id| id.parse().ok());
    let list = reader.optional("list", "List", Back::LONGEST_LIST);
    let back = Back::of(reader.optional("back", "Back", Back::LONGEST).as_deref(), doctor, list.as_deref());
    let answers = step.filter(|step| *step == Step::Arrive).map(|_| PatientAnswers::read(&reader));
    let typed = reader.view();
    let command = step.zip(version).map(|(step, version)| StepCommand {
        step,
        version,
        reason,
        local,
        proposes: None,
        overbook_reason,
        back,
        answers,
    });
    reader.finish(command.map(|command| (command, typed)))
}

/// What is said of a form that does not know the version it was made for.
const STALE: &str = "Load the page again, then try once more.";

/// The field `starts_at`.
fn local(reader: &FormReader) -> Option<NaiveDateTime> {
    reader.parsed("starts_at", "Time", |text| {
        parse_local(text).ok_or_else(|| "Choose a time, such as 2026-11-24T14:30.".to_owned())
    })
}

fn overbook_reason(reader: &FormReader) -> Option<String> {
    reader.multiline("overbook_reason", "Reason", limits::APPOINTMENT_REASON)
}

fn note(reader: &FormReader) -> Option<String> {
    reader.multiline("note", "What you say of it", limits::APPOINTMENT_REASON)
}

fn version(reader: &FormReader) -> Option<i32> {
    version_in(reader, "version")
}

/// The same in the field `name`, of a form about several visits.
fn version_in(reader: &FormReader, name: &str) -> Option<i32> {
    reader.parsed(name, "Version", |text| text.parse().map_err(|_not_a_number| STALE.to_owned()))
}

fn reason(reader: &FormReader) -> Option<String> {
    let reason = reader.multiline("reason", "Reason", limits::APPOINTMENT_REASON);
    if reason.is_none() && !reader.view().errors.contains_key("reason") {
        reader.error("reason", "Say why: the others will read it.");
    }
    reason
}
