//! What people ask of appointments, as domain types.

use chrono::NaiveDate;
use entity::{enums::AppointmentStatus, limits};
use serde::Deserialize;

use super::{appointment::status_from_code, policy::BOARD, queries::DoctorOption, step::Step};
use crate::web::{FormReader, FormView, forms::Fields, query::day};

/// The longest part of a name that can be searched for.
const SEARCH_CHARACTERS: usize = 100;

/// The query string of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    status: Option<String>,
    from: Option<String>,
    to: Option<String>,
    doctor: Option<String>,
    q: Option<String>,
    pub(super) page: Option<String>,
}

/// Which appointments are wanted.
#[derive(Clone, Debug)]
pub(super) struct ListFilter {
    pub(super) status: Option<AppointmentStatus>,
    /// The first local day.
    pub(super) from: Option<NaiveDate>,
    /// The last local day, itself included.
    pub(super) to: Option<NaiveDate>,
    pub(super) doctor_id: Option<i64>,
    /// Parts of a party's name, each of which must be there.
    pub(super) names: Vec<String>,
}

impl ListQuery {
    /// The filter, and what was typed. The doctor is one of those `on_offer`, if any are.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn filter(self, on_offer: &[DoctorOption]) -> Result<(ListFilter, FormView), Box<FormView>> {
        let reader = FormReader::new(self.fields());
        let status = reader.parsed_optional("status", "Status", |code| {
            status_from_code(code).ok_or_else(|| "Choose a status from the list.".to_owned())
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
        let search = reader.optional("q", "Name", SEARCH_CHARACTERS);
        let filter = ListFilter { status, from, to, doctor_id, names: words(&search.unwrap_or_default()) };
        let typed = reader.view();
        reader.finish(Some((filter, typed)))
    }

    fn fields(self) -> Fields {
        [("status", self.status), ("from", self.from), ("to", self.to), ("doctor", self.doctor), ("q", self.q)]
            .into_iter()
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
    /// Why; given when, and only when, the step needs it.
    pub(super) reason: Option<String>,
    /// Whether it was asked on a dashboard, where one goes on then; else on the appointment's page.
    pub(super) is_on_board: bool,
}

/// The form of the one step in `steps`, or of those that share an address and are told apart by
/// `outcome`. With the command comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn step(steps: &[Step], fields: Fields) -> Result<(StepCommand, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = reader.parsed("version", "Version", |text| text.parse().map_err(|_not_a_number| STALE.to_owned()));
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
    let is_on_board = reader.optional("back", "Back", BOARD.len()).as_deref() == Some(BOARD);
    let typed = reader.view();
    let command = step.zip(version).map(|(step, version)| StepCommand { step, version, reason, is_on_board });
    reader.finish(command.map(|command| (command, typed)))
}

/// What is said of a form that does not know the version it was made for.
const STALE: &str = "Load the page again, then try once more.";

fn reason(reader: &FormReader) -> Option<String> {
    let reason = reader.multiline("reason", "Reason", limits::APPOINTMENT_REASON);
    if reason.is_none() && !reader.view().errors.contains_key("reason") {
        reader.error("reason", "Say why: the others will read it.");
    }
    reason
}

/// The words of a name as it is written in lists, where doctors are called "Dr".
fn words(name: &str) -> Vec<String> {
    name.split_whitespace().filter(|word| !word.eq_ignore_ascii_case("dr")).map(str::to_owned).collect()
}
