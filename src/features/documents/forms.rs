//! What people send about documents, as domain types.

use entity::{enums::DocumentKind, limits};
use serde::Deserialize;

use super::document::parse_kind;
use crate::web::{FormReader, FormView, forms::Fields};

/// The query string of the list of one's own documents.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentListQuery {
    pub(super) page: Option<String>,
}

/// A document that is to be issued.
#[derive(Clone, Debug)]
pub(super) struct NewDocument {
    /// `patient.id` of whom the page was about; a program that knows what it does may leave it out.
    pub(super) patient_id: Option<i64>,
    pub(super) kind: DocumentKind,
    pub(super) body: String,
    /// The form's: sent twice, it issues one document.
    pub(super) token: Option<String>,
}

/// A document is to count no more.
#[derive(Clone, Debug)]
pub(super) struct Revocation {
    pub(super) reason: String,
    /// The version that was seen.
    pub(super) version: i32,
}

/// The form that issues. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn new_document(fields: Fields) -> Result<(NewDocument, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let patient_id =
        reader.parsed_optional("patient_id", "Patient", |id| id.parse().map_err(|_not_a_number| STALE.to_owned()));
    let kind = reader.parsed("kind", "Document", parse_kind);
    let body = reader.multiline("body", "Text", limits::DOCUMENT_BODY);
    if body.is_none() && !reader.view().errors.contains_key("body") {
        reader.error("body", "Write what the document is to say.");
    }
    let token = reader.optional("token", "Form", limits::BOOKING_TOKEN);
    let typed = reader.view();
    let new = kind.zip(body).map(|(kind, body)| NewDocument { patient_id, kind, body, token });
    reader.finish(new.map(|new| (new, typed)))
}

/// The form that revokes.
///
/// # Errors
/// The form to show again.
pub(super) fn revocation(fields: Fields) -> Result<(Revocation, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let reason = reader.multiline("reason", "Reason", limits::REVOKED_REASON);
    if reason.is_none() && !reader.view().errors.contains_key("reason") {
        reader.error("reason", "Say why it counts no more.");
    }
    let version = reader.parsed("version", "Version", |text| text.parse().map_err(|_not_a_number| STALE.to_owned()));
    let typed = reader.view();
    let revocation = reason.zip(version).map(|(reason, version)| Revocation { reason, version });
    reader.finish(revocation.map(|revocation| (revocation, typed)))
}

/// What is said of a form that does not know what it was made for.
const STALE: &str = "Load the page again, then try once more.";
