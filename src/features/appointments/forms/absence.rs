//! What is to become of the visits in an absence.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use entity::limits;
use serde::Deserialize;

use super::version_in;
use crate::web::{FormReader, FormView, forms::Fields, moment::wall_value, parse_local};

/// So many visits are on a page at most, and in a form.
pub(in super::super) const VISITS_AT_ONCE: u64 = 40;

/// The query string of the page.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct AbsenceQuery {
    pub(in super::super) page: Option<String>,
    /// What the page has chosen already, for whoever has nothing else to say of most of them.
    pub(in super::super) each: Option<EachVisit>,
}

/// What is chosen for each visit of a page for which it can be; of itself it does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum EachVisit {
    /// The first time that it is offered.
    First,
    Cancel,
}

/// What is to become of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum VisitChoice {
    /// It stays as it is, for the time being.
    Leave,
    Cancel,
    /// It is then from now on, on the hospital's clock.
    Move(NaiveDateTime),
}

impl VisitChoice {
    /// As the form says it.
    pub(in super::super) fn value(self) -> String {
        match self {
            Self::Leave => LEAVE.to_owned(),
            Self::Cancel => CANCEL.to_owned(),
            Self::Move(local) => wall_value(local),
        }
    }
}

/// A visit for which something was chosen.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct ChosenVisit {
    /// `appointment.id`
    pub(in super::super) id: i64,
    /// The version of the appointment that they saw.
    pub(in super::super) version: i32,
    pub(in super::super) choice: VisitChoice,
}

/// What was chosen for all of them, and what is said of it to the patients.
#[derive(Clone, Debug)]
pub(in super::super) struct ChosenVisits {
    pub(in super::super) visits: Vec<ChosenVisit>,
    pub(in super::super) message: Option<String>,
}

/// The field in which the choice for the visit `id` stands, and where its version does.
pub(in super::super) fn fields_of(id: i64) -> (String, String) {
    (format!("visit_{id}"), format!("version_{id}"))
}

/// The form that says what is to become of each visit. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn absence(fields: Fields) -> Result<(ChosenVisits, FormView), Box<FormView>> {
    let named = fields.keys().filter_map(|name| name.strip_prefix("visit_")?.parse().ok());
    let ids: BTreeSet<i64> = named.collect();
    let reader = FormReader::new(fields);
    // Which page it was on is read by whoever shows it again.
    reader.optional("page", "Page", 8);
    let message = reader.multiline("message", "Message", limits::APPOINTMENT_REASON);
    if ids.is_empty() {
        reader.error("", "No visit was chosen. Load the page again.");
    } else if u64::try_from(ids.len()).is_ok_and(|count| count > VISITS_AT_ONCE) {
        reader.error("", format!("Choose for at most {VISITS_AT_ONCE} visits at once."));
        return Err(Box::new(reader.view()));
    }
    let chosen: Vec<Option<ChosenVisit>> = ids.iter().map(|id| chosen(&reader, *id)).collect();
    let visits: Vec<ChosenVisit> = chosen.iter().copied().flatten().collect();
    let cancels = visits.iter().any(|visit| visit.choice == VisitChoice::Cancel);
    if cancels && message.is_none() && !reader.view().errors.contains_key("message") {
        reader.error("message", "Say why visits are cancelled: the patients will read it.");
    }
    let typed = reader.view();
    reader.finish(Some((ChosenVisits { visits, message }, typed)))
}

fn chosen(reader: &FormReader, id: i64) -> Option<ChosenVisit> {
    let (visit, version) = fields_of(id);
    let choice = reader.parsed(&visit, "What is to become of the visit", choice);
    let version = version_in(reader, &version);
    choice.zip(version).map(|(choice, version)| ChosenVisit { id, version, choice })
}

fn choice(text: &str) -> Result<VisitChoice, String> {
    match text {
        LEAVE => Ok(VisitChoice::Leave),
        CANCEL => Ok(VisitChoice::Cancel),
        time => parse_local(time).map(VisitChoice::Move).ok_or_else(|| UNKNOWN.to_owned()),
    }
}

pub(in super::super) const LEAVE: &str = "leave";
pub(in super::super) const CANCEL: &str = "cancel";
const UNKNOWN: &str = "Choose a time, or to cancel the visit, or to leave it as it is.";
