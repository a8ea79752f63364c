//! What people ask of appointments, as domain types.

mod correcting;
mod modality;
mod moving;

pub(super) use correcting::{Correction, correction};
pub(super) use modality::{ModalityChange, modality_change};
pub(super) use moving::{Move, MoveDraft, MoveQuery, moving};

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use entity::{
    enums::{Modality, Role},
    limits,
};
use serde::Deserialize;

use super::{
    appointment::StatusFilter,
    back::Back,
    queries::{AppointmentState, DoctorOption},
    service::PatientAnswers,
    step::Step,
};
use crate::{
    access::Viewer,
    features::modalities::parse_modality,
    text::SearchText,
    web::{FormReader, FormView, forms::Fields, parse_local, query::day},
};

/// The longest part of a name that can be searched for.
const SEARCH_CHARACTERS: usize = 100;

/// The query string of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AppointmentListQuery {
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    doctor: Option<String>,
    patient: Option<String>,
    q: Option<String>,
    pub(super) page: Option<String>,
}

/// Which appointments are wanted.
#[derive(Clone, Debug)]
pub(super) struct ListFilter {
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
    /// The filter of somebody of `role`, and what was typed. The doctor is one of those `on_offer`, if any are.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn filter(self, role: Role, on_offer: &[DoctorOption]) -> Result<(ListFilter, FormView), Box<FormView>> {
        let reader = FormReader::new(self.fields());
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
        let filter = ListFilter { status, from, to, doctor_id, patient_id, search };
        let typed = reader.view();
        reader.finish(Some((filter, typed)))
    }

    fn fields(self) -> Fields {
        let people = [("doctor", self.doctor), ("patient", self.patient), ("q", self.q)];
        [("status", self.status), ("from", self.from), ("to", self.to)]
            .into_iter()
            .chain(people)
            .map(|(name, value)| (name.to_owned(), value.unwrap_or_default()))
            .collect()
    }
}

/// The query string of the page that books.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuery {
    doctor_id: Option<String>,
    patient_id: Option<String>,
    date: Option<String>,
    starts_at: Option<String>,
    q: Option<String>,
}

/// Whom and when a booking is looked for; nothing of it is binding.
#[derive(Clone, Debug, Default)]
pub(super) struct BookingDraft {
    pub(super) doctor_id: Option<i64>,
    pub(super) patient_id: Option<i64>,
    /// The first day to be shown.
    pub(super) date: Option<NaiveDate>,
    /// Part of the patient's name.
    pub(super) search: String,
    /// What the form shows.
    pub(super) form: FormView,
}

impl NewQuery {
    /// As if it stood in the address.
    pub(super) fn of(doctor_id: Option<String>, patient_id: Option<String>, starts_at: Option<String>) -> Self {
        Self { doctor_id, patient_id, starts_at, ..Self::default() }
    }

    /// What is looked for. What cannot be understood is asked for again.
    pub(super) fn draft(self) -> BookingDraft {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let id = |value: &Option<String>| value.as_deref().and_then(|id| id.parse().ok());
        let local = self.starts_at.as_deref().and_then(parse_local);
        let date = self.date.as_deref().and_then(|date| day(date).ok());
        let values = [
            ("doctor_id", text(&self.doctor_id)),
            ("patient_id", text(&self.patient_id)),
            ("date", date.or(local.map(|local| local.date())).map(|date| date.to_string()).unwrap_or_default()),
            ("starts_at", text(&self.starts_at)),
        ];
        BookingDraft {
            doctor_id: id(&self.doctor_id),
            patient_id: id(&self.patient_id),
            date: date.or(local.map(|local| local.date())),
            search: text(&self.q).trim().chars().filter(|c| !c.is_control()).take(SEARCH_CHARACTERS).collect(),
            form: FormView::filled(values),
        }
    }
}

/// Somebody wants to book a visit.
#[derive(Clone, Debug)]
pub(super) struct Booking {
    /// None from a doctor, who books for themselves.
    pub(super) doctor_id: Option<i64>,
    /// None from a patient.
    pub(super) patient_id: Option<i64>,
    /// On the hospital's clock.
    pub(super) local: NaiveDateTime,
    /// None when nobody says: as the hospital usually does.
    pub(super) modality: Option<Modality>,
    pub(super) symptoms: Option<String>,
    /// Why it must be although the time is taken; of staff alone.
    pub(super) overbook_reason: Option<String>,
    /// What tells a form that was sent twice.
    pub(super) token: Option<String>,
}

/// The form that books, with the fields that are for `viewer`'s role. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn booking(viewer: &Viewer, fields: Fields) -> Result<(Booking, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let role = viewer.role();
    let id = |name, label, sentence: &'static str| {
        reader.parsed(name, label, |id| id.parse::<i64>().map_err(|_error| sentence.to_owned()))
    };
    let doctor_id =
        (role != Role::Doctor).then(|| id("doctor_id", "Doctor", "Choose a doctor of your hospital.")).flatten();
    let patient_id = (role != Role::Patient).then(|| id("patient_id", "Patient", "Choose a patient.")).flatten();
    let local = local(&reader);
    let modality = reader.parsed_optional("modality", "How", parse_modality);
    let symptoms = reader.multiline("symptoms", "Symptoms", limits::SYMPTOMS);
    let overbook_reason = (role != Role::Patient).then(|| overbook_reason(&reader)).flatten();
    let token = reader.optional("token", "Form", limits::BOOKING_TOKEN);
    let typed = reader.view();
    let booking =
        local.map(|local| Booking { doctor_id, patient_id, local, modality, symptoms, overbook_reason, token });
    reader.finish(booking.map(|booking| (booking, typed)))
}

/// Somebody wants to take a step.
#[derive(Clone, Debug)]
pub(super) struct StepCommand {
    pub(super) step: Step,
    /// The version of the appointment that they saw.
    pub(super) version: i32,
    /// Why; given when, and only when, the step needs it.
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
    let reason = step.filter(|step| step.needs_reason()).and_then(|_| reason(&reader));
    let local = step.filter(|step| step.needs_time()).and_then(|_| local(&reader));
    let overbook_reason = step.filter(|step| *step == Step::Approve).and_then(|_| overbook_reason(&reader));
    let doctor = reader.optional("doctor", "Doctor", Back::LONGEST_ID).and_then(|id| id.parse().ok());
    let back = Back::of(reader.optional("back", "Back", Back::LONGEST).as_deref(), doctor);
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

fn version(reader: &FormReader) -> Option<i32> {
    reader.parsed("version", "Version", |text| text.parse().map_err(|_not_a_number| STALE.to_owned()))
}

fn reason(reader: &FormReader) -> Option<String> {
    let reason = reader.multiline("reason", "Reason", limits::APPOINTMENT_REASON);
    if reason.is_none() && !reader.view().errors.contains_key("reason") {
        reader.error("reason", "Say why: the others will read it.");
    }
    reason
}
