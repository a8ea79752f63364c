//! What people send about messages, as domain types.

use entity::limits;
use serde::Deserialize;

use crate::web::{AppError, FormReader, FormView, forms::Fields};

/// Query string of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreadListQuery {
    pub(super) page: Option<String>,
}

/// Query string of a thread.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreadQuery {
    before: Option<String>,
}

impl ThreadQuery {
    /// The `message.id` before which what is shown was written.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is no number: there is no such page.
    pub(super) fn before(&self) -> Result<Option<i64>, AppError> {
        self.before.as_deref().map(|id| id.parse().map_err(|_not_a_number| AppError::NotFound)).transpose()
    }
}

/// Something to be said.
#[derive(Clone, Debug)]
pub(super) struct NewMessage {
    pub(super) body: String,
    /// What the form carried, so that it is said once; a program may leave it out.
    pub(super) token: Option<String>,
    /// `patient.id` of whom the page was about, if it says so.
    pub(super) patient_id: Option<i64>,
}

/// The form of a message. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn message(fields: Fields) -> Result<(NewMessage, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let body = reader.multiline("body", "Message", limits::MESSAGE);
    if body.is_none() && !reader.view().errors.contains_key("body") {
        reader.error("body", "Write something.");
    }
    let token = reader.optional("token", "Form", limits::MESSAGE_TOKEN);
    let patient_id =
        reader.parsed_optional("patient_id", "Patient", |id| id.parse().map_err(|_not_a_number| STALE.to_owned()));
    let typed = reader.view();
    reader.finish(body.map(|body| (NewMessage { body, token, patient_id }, typed)))
}

/// Up to which `message.id` somebody says that they have read.
///
/// # Errors
/// [`AppError::Unprocessable`] when the form does not say so.
pub(super) fn read(fields: Fields) -> Result<i64, AppError> {
    let reader = FormReader::new(fields);
    let last = reader.parsed("last_id", "Message", |id| id.parse().map_err(|_not_a_number| STALE.to_owned()));
    reader.finish(last).map_err(|_form| AppError::Unprocessable(STALE))
}

/// What is said of a form that does not know what it was made for.
const STALE: &str = "Load the page again, then try once more.";
