//! How a note stands.

use entity::enums::{NoteState, Role};
use serde::Serialize;

use crate::{features::notes::queries::NoteMarks, web::Page};

/// Kept, and without a word of the note: its page and the paper are told by it that they are not as it is any more.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct NoteNow {
    /// Where the record is opened: the note to its doctor, the paper to its patient.
    href: String,
    is_signed: bool,
    addenda: usize,
    /// See [`record_state`].
    record_state: String,
}

impl NoteNow {
    pub(in crate::features::notes) fn new(id: i64, role: Role, marks: &NoteMarks) -> Self {
        let page = if role == Role::Doctor { "note" } else { "summary" };
        Self {
            href: format!("/appointments/{id}/{page}"),
            is_signed: matches!(marks.note, Some((NoteState::Signed, _))),
            addenda: marks.addenda,
            record_state: record_state(marks),
        }
    }
}

/// `draft-3-0-1764400000000`: the state of a note, its version, how many addenda it has, and when the record of its patient was changed. Changes whenever a
/// page of it would look different; the page on which it is written reads the first two (`static/js/note.js`).
pub(super) fn record_state(NoteMarks { note, addenda, patient }: &NoteMarks) -> String {
    let (state, version) = match note {
        None => ("none", 0),
        Some((NoteState::Draft, version)) => ("draft", *version),
        Some((NoteState::Signed, version)) => ("signed", *version),
    };
    format!("{state}-{version}-{addenda}-{}", patient.updated_at.timestamp_millis())
}

impl Page for NoteNow {
    const TEMPLATE: &'static str = "notes/now.html";

    fn title(&self) -> String {
        "The note of a visit: now".to_owned()
    }
}
