//! How a note stands.

use entity::enums::{NoteState, Role};
use serde::Serialize;

use super::summary::ShownSummary;
use crate::{
    access::Viewer,
    features::{
        appointments::banner,
        notes::queries::{NoteRecord, NoteStanding},
        people::Banner,
    },
    web::{Moment, Page, Present, RecordMarks},
};

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
    pub(in crate::features::notes) fn new(
        id: i64,
        role: Role,
        (standing, record_state): (NoteStanding, String),
    ) -> Self {
        let page = if role == Role::Doctor { "note" } else { "summary" };
        Self {
            href: format!("/appointments/{id}/{page}"),
            is_signed: standing.state == Some(NoteState::Signed),
            addenda: standing.addenda,
            record_state,
        }
    }
}

/// `draft-3-…-…`: the state of a note, the version that its doctor has, and the marks of what is shown of it once it is signed ([`ShownNote`]) and of what stands around it
/// ([`AroundNote`]). Changes whenever a page of it would look different; the page on which it is written reads all but the third
/// (`static/js/note.js`).
pub(in crate::features::notes) fn record_state(standing: NoteStanding, [note, around]: [String; 2]) -> String {
    let state = match standing.state {
        None => "none",
        Some(NoteState::Draft) => "draft",
        Some(NoteState::Signed) => "signed",
    };
    format!("{state}-{}-{note}-{around}", standing.version)
}

/// The same for a page that shows `record`.
pub(super) fn state_of(viewer: &Viewer, present: &Present, marks: &RecordMarks, record: &NoteRecord) -> String {
    let note = marks.of(&ShownNote::new(viewer, present, record));
    let around = marks.of(&AroundNote::new(viewer, present, record));
    record_state(record.standing(viewer), [note, around])
}

/// All that is shown of a note that was signed, on its page and on the paper.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct ShownNote {
    paper: ShownSummary,
    /// To its doctor.
    withheld_reason: Option<String>,
}

impl ShownNote {
    /// Nothing of a draft.
    pub(in crate::features::notes) fn new(viewer: &Viewer, present: &Present, record: &NoteRecord) -> Option<Self> {
        let note = record.note.as_ref().filter(|note| note.state == NoteState::Signed)?;
        let withheld_reason = note.withheld_reason.clone().filter(|_| viewer.role() == Role::Doctor);
        Some(Self { paper: ShownSummary::new(viewer, present, record.clone()), withheld_reason })
    }
}

/// What stands on the page on which a note is written, beside it: whom it is about, of when, and whether it can be signed.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct AroundNote {
    patient: Banner,
    starts_at: Moment,
    lacks_opening: bool,
}

impl AroundNote {
    pub(in crate::features::notes) fn new(viewer: &Viewer, present: &Present, record: &NoteRecord) -> Self {
        let zone = viewer.zone();
        let is_signed = record.note.as_ref().is_some_and(|note| note.state == NoteState::Signed);
        Self {
            patient: banner(viewer, &record.row, &record.about, present.date(zone)),
            starts_at: Moment::new(record.row.starts_at, zone),
            lacks_opening: viewer.role() == Role::Doctor && !is_signed && record.lacks_opening(),
        }
    }
}

impl Page for NoteNow {
    const TEMPLATE: &'static str = "notes/now.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "The note of a visit: now".to_owned()
    }
}
