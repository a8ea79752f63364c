//! What people send about notes, as domain types.

use entity::{
    enums::{AddendumKind, NoteTemplate},
    limits,
};
use serde::Deserialize;

use super::{
    queries::{FIELDS, NoteTexts},
    template,
};
use crate::web::{FormReader, FormView, forms::Fields};

/// The query string of the page on which a note is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoteQuery {
    template: Option<String>,
}

impl NoteQuery {
    /// What the note is to be begun with, if with anything that is known.
    pub(super) fn template(&self) -> Option<NoteTemplate> {
        self.template.as_deref().and_then(template::from_code)
    }
}

/// Why a note is to be kept from the patient, as a form says it.
#[derive(Clone, Debug)]
pub(super) enum Withholding {
    /// The form does not name it: it stays as it is.
    Unsaid,
    /// For this reason; not at all, if there is none.
    Said(Option<String>),
}

impl Withholding {
    /// What holds from now on of a note for which `stored` held.
    pub(super) fn or(&self, stored: Option<&str>) -> Option<String> {
        match self {
            Self::Unsaid => stored.map(str::to_owned),
            Self::Said(reason) => reason.clone(),
        }
    }
}

/// A note as it stands on the screen.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// `patient.id` of whom the page was about; a program that knows what it does may leave it out.
    pub(super) patient_id: Option<i64>,
    /// The version that was seen; 0 when there was no note.
    pub(super) version: i32,
    pub(super) texts: NoteTexts,
    pub(super) template: Option<NoteTemplate>,
    pub(super) withheld: Withholding,
}

/// The note is to stand from now on.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) patient_id: Option<i64>,
    pub(super) version: i32,
    /// What stood on the screen; none: as it is stored.
    pub(super) texts: Option<NoteTexts>,
    pub(super) template: Option<NoteTemplate>,
    pub(super) withheld: Withholding,
}

/// Something beneath a signed note.
#[derive(Clone, Debug)]
pub(super) struct Addition {
    pub(super) patient_id: Option<i64>,
    pub(super) kind: AddendumKind,
    pub(super) text: String,
    pub(super) reason: String,
}

/// The form that saves. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn draft(fields: Fields) -> Result<(Draft, FormView), Box<FormView>> {
    let says_why = fields.contains_key(WITHHELD);
    let reader = FormReader::new(fields);
    let patient_id = patient(&reader);
    let version = version(&reader);
    let texts = texts(&reader);
    let template = chosen(&reader);
    let withheld = withheld(&reader, says_why);
    let typed = reader.view();
    let draft = version.map(|version| Draft { patient_id, version, texts, template, withheld });
    reader.finish(draft.map(|draft| (draft, typed)))
}

/// The form that signs, which may bring what stands on the screen along.
///
/// # Errors
/// The form to show again.
pub(super) fn signature(fields: Fields) -> Result<(Signature, FormView), Box<FormView>> {
    let brings_texts = FIELDS.iter().any(|(name, _)| fields.contains_key(*name));
    let says_why = fields.contains_key(WITHHELD);
    let reader = FormReader::new(fields);
    let patient_id = patient(&reader);
    let version = version(&reader);
    let texts = brings_texts.then(|| texts(&reader));
    let template = chosen(&reader);
    let withheld = withheld(&reader, says_why);
    let typed = reader.view();
    let signature = version.map(|version| Signature { patient_id, version, texts, template, withheld });
    reader.finish(signature.map(|signature| (signature, typed)))
}

/// The form that adds.
///
/// # Errors
/// The form to show again.
pub(super) fn addition(fields: Fields) -> Result<(Addition, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let patient_id = patient(&reader);
    let kind = reader.parsed_optional("kind", "Kind", |code| match code {
        "addition" => Ok(AddendumKind::Addition),
        "entered_in_error" => Ok(AddendumKind::EnteredInError),
        _ => Err("Choose one of the two.".to_owned()),
    });
    let text = reader.multiline("text", "Addendum", limits::ADDENDUM);
    let reason = reader.multiline("reason", "Reason", limits::NOTE_REASON);
    for (field, value, what) in [("text", &text, "Write what is to be added."), ("reason", &reason, "Say why.")] {
        if value.is_none() && !reader.view().errors.contains_key(field) {
            reader.error(field, what);
        }
    }
    let typed = reader.view();
    let kind = kind.unwrap_or(AddendumKind::Addition);
    let addition = text.zip(reason).map(|(text, reason)| Addition { patient_id, kind, text, reason });
    reader.finish(addition.map(|addition| (addition, typed)))
}

fn patient(reader: &FormReader) -> Option<i64> {
    reader.parsed_optional("patient_id", "Patient", |id| id.parse().map_err(|_not_a_number| STALE.to_owned()))
}

fn version(reader: &FormReader) -> Option<i32> {
    reader.parsed("version", "Version", |text| text.parse().map_err(|_not_a_number| STALE.to_owned()))
}

fn chosen(reader: &FormReader) -> Option<NoteTemplate> {
    reader.parsed_optional("template", "Template", |code| template::from_code(code).ok_or_else(|| STALE.to_owned()))
}

/// The field that says why a note is kept from the patient.
pub(super) const WITHHELD: &str = "withheld_reason";

fn withheld(reader: &FormReader, is_said: bool) -> Withholding {
    let reason = reader.multiline(WITHHELD, "Reason", limits::NOTE_REASON);
    if is_said { Withholding::Said(reason) } else { Withholding::Unsaid }
}

fn texts(reader: &FormReader) -> NoteTexts {
    let text = |name, label| reader.multiline(name, label, limits::NOTE_TEXT);
    NoteTexts {
        subjective: text("subjective", "What the patient says"),
        objective: text("objective", "What was found"),
        assessment: text("assessment", "Assessment"),
        plan: text("plan", "Plan"),
        summary: text("summary", "For the patient"),
    }
}

/// What is said of a form that does not know what it was made for.
const STALE: &str = "Load the page again, then try once more.";
