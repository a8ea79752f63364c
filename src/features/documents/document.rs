//! The words for kinds of documents: the one source for forms, lists and papers.

use entity::enums::DocumentKind;
use serde::Serialize;

/// All of them, in the order in which the form offers them.
const KINDS: [DocumentKind; 4] =
    [DocumentKind::Prescription, DocumentKind::Referral, DocumentKind::SickNote, DocumentKind::Letter];

/// One entry of the choice among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct KindChoice {
    value: &'static str,
    label: &'static str,
}

/// All that can be chosen.
pub(super) fn kind_choices() -> Vec<KindChoice> {
    KINDS.into_iter().map(|kind| KindChoice { value: kind_words(kind).0, label: kind_words(kind).1 }).collect()
}

/// The value in forms and in the trail, and what it is called.
pub(super) fn kind_words(kind: DocumentKind) -> (&'static str, &'static str) {
    match kind {
        DocumentKind::Prescription => ("prescription", "Prescription"),
        DocumentKind::Referral => ("referral", "Referral"),
        DocumentKind::SickNote => ("sick_note", "Sick note"),
        DocumentKind::Letter => ("letter", "Letter"),
    }
}

/// The one that a form means.
///
/// # Errors
/// The sentence beside the field.
pub(super) fn parse_kind(code: &str) -> Result<DocumentKind, String> {
    let known = KINDS.into_iter().find(|kind| kind_words(*kind).0 == code);
    known.ok_or_else(|| "Choose what the document is.".to_owned())
}
