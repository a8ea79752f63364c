//! The pages about a note.

mod note;
mod now;
mod summary;

pub(super) use note::NotePage;
pub(super) use now::{AroundNote, NoteNow, ShownNote, record_state};
pub(super) use summary::Summary;

use serde::Serialize;

use super::queries::{AddendumRow, FIELDS, NoteTexts};
use crate::{access::Viewer, web::Moment};

/// A part of a note that says something.
#[derive(Debug, Serialize)]
struct Part {
    /// The field's name.
    name: &'static str,
    label: &'static str,
    text: String,
}

/// The parts of a note that say something, in the order in which they are written.
fn parts(texts: &NoteTexts) -> Vec<Part> {
    let all = FIELDS.into_iter().zip(texts.each());
    all.filter_map(|((name, label), text)| Some(Part { name, label, text: text?.to_owned() })).collect()
}

/// Something beneath a note.
#[derive(Debug, Serialize)]
struct Addendum {
    is_error: bool,
    text: String,
    reason: String,
    author: String,
    at: Moment,
}

fn addenda(viewer: &Viewer, rows: Vec<AddendumRow>) -> Vec<Addendum> {
    use entity::enums::AddendumKind;
    let one = |row: AddendumRow| Addendum {
        is_error: row.kind == AddendumKind::EnteredInError,
        author: row.author.name(),
        at: Moment::new(row.created_at, viewer.zone()),
        text: row.text,
        reason: row.reason,
    };
    rows.into_iter().map(one).collect()
}
