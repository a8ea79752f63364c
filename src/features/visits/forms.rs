//! What people send from the room of a visit, as domain types.

use entity::{enums::IdentityCheck, limits};
use serde::Serialize;

use crate::{
    features::{accounts::parse_phone, appointments::PatientAnswers},
    web::{FormReader, FormView, forms::Fields},
};

/// Ways to make sure of whom one sees: the value in forms, and what it is called.
const IDENTITIES: [(IdentityCheck, &str, &str); 4] = [
    (IdentityCheck::NameAndDob, "name_and_dob", "Said name and date of birth"),
    (IdentityCheck::Document, "document", "Showed a document"),
    (IdentityCheck::Known, "known", "I know them"),
    (IdentityCheck::NotPossible, "not_possible", "Not possible (say why below)"),
];

/// One entry of a choice.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct IdentityChoice {
    pub(super) value: &'static str,
    pub(super) label: &'static str,
}

/// All that can be chosen.
pub(super) fn identity_choices() -> Vec<IdentityChoice> {
    IDENTITIES.iter().map(|(_, value, label)| IdentityChoice { value, label }).collect()
}

/// Its value in forms.
pub(super) fn identity_code(identity: IdentityCheck) -> &'static str {
    IDENTITIES.iter().find(|(known, ..)| *known == identity).map_or("", |(_, value, _)| value)
}

/// What it is called.
pub(super) fn identity_label(identity: IdentityCheck) -> &'static str {
    IDENTITIES.iter().find(|(known, ..)| *known == identity).map_or("", |(_, _, label)| label)
}

fn identity(code: &str) -> Result<IdentityCheck, String> {
    let known = IDENTITIES.iter().find(|(_, value, _)| *value == code).map(|(known, ..)| *known);
    known.ok_or_else(|| "Choose how you know whom you see.".to_owned())
}

/// The doctor has made sure of it, or says why it was gone without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OpeningCheck {
    pub(super) location_now: Option<String>,
    pub(super) call_back: Option<String>,
    pub(super) others_present: Option<String>,
    pub(super) identity: Option<IdentityCheck>,
    pub(super) skipped_reason: Option<String>,
    /// The version of the opening that they saw; 0 when nothing was said yet.
    pub(super) version: i32,
    /// `patient.id` of whom the form was made for, if it says so.
    pub(super) patient_id: Option<i64>,
}

impl OpeningCheck {
    /// What is missing if nobody says why it was gone without: field and sentence. Whoever sits across the table needs no address for an ambulance.
    pub(super) fn missing(&self, is_remote: bool) -> Vec<(&'static str, &'static str)> {
        if self.skipped_reason.is_some() {
            return Vec::new();
        }
        let needed = [
            (self.location_now.is_none() && is_remote, "location_now", "Ask where the patient is now."),
            (self.call_back.is_none() && is_remote, "call_back", "Ask for a number to call back."),
            (self.identity.is_none(), "identity", "Say how you know whom you see."),
            (
                self.identity == Some(IdentityCheck::NotPossible),
                "skipped_reason",
                "Say why it was not possible to make sure of whom you see.",
            ),
        ];
        needed.into_iter().filter(|(is_missing, ..)| *is_missing).map(|(_, field, why)| (field, why)).collect()
    }
}

/// The form of the doctor. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn opening(fields: Fields) -> Result<(OpeningCheck, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = reader.parsed("version", "Version", |text| {
        text.parse().map_err(|_not_a_number| "Load the page again, then try once more.".to_owned())
    });
    let check = version.map(|version| OpeningCheck {
        location_now: reader.optional("location_now", "Where the patient is", limits::LOCATION),
        call_back: reader.parsed_optional("call_back", "Telephone", parse_phone),
        others_present: reader.optional("others_present", "Who is with them", limits::OTHERS_PRESENT),
        identity: reader.parsed_optional("identity", "Identity", identity),
        skipped_reason: reader.multiline("skipped_reason", "Reason", limits::APPOINTMENT_REASON),
        version,
        patient_id: reader.parsed_optional("patient_id", "Patient", |id| {
            id.parse().map_err(|_not_a_number| "Load the page again, then try once more.".to_owned())
        }),
    });
    let typed = reader.view();
    reader.finish(check.map(|check| (check, typed)))
}

/// The form of the patient. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn answers(fields: Fields) -> Result<(PatientAnswers, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let answers = PatientAnswers::read(&reader);
    let typed = reader.view();
    reader.finish(Some((answers, typed)))
}

/// How late a doctor runs today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delay {
    /// 0 to 120.
    pub(super) minutes: i32,
    /// `appointment.id` of the room it was said in, which is where one goes on.
    pub(super) room: Option<i64>,
}

/// The delay in these fields; none when it is not one.
pub(super) fn delay(fields: &Fields) -> Option<Delay> {
    let minutes = fields.get("minutes")?.trim().parse().ok().filter(|minutes| (0..=120).contains(minutes))?;
    Some(Delay { minutes, room: fields.get("room").and_then(|id| id.parse().ok()) })
}
