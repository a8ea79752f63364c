//! The ways from an appointment's page to the note of the visit and to its documents.

use entity::enums::{AppointmentStatus, NoteState, Role};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::appointments::queries::{AppointmentRow, NoteOfVisit},
    web::Moment,
};

/// A way to the note of the visit.
#[derive(Debug, Serialize)]
pub(super) struct NoteLink {
    /// Where it stands, said to the viewer.
    text: &'static str,
    signed_at: Option<Moment>,
    href: String,
    label: &'static str,
}

/// Its doctor writes it, its patient reads it once it is signed; nobody else is told that there is one.
pub(super) fn note_link(viewer: &Viewer, row: &AppointmentRow, note: Option<&NoteOfVisit>) -> Option<NoteLink> {
    use AppointmentStatus::{Completed, InProgress, NoShow};
    let signed = note.filter(|note| note.state == NoteState::Signed);
    let (text, page, label) = match (viewer.role(), note, signed) {
        (Role::Patient, _, Some(note)) if note.is_kept_from_patient => {
            ("The doctor has signed a note that is not shown to you.", "summary", "More about that")
        }
        (Role::Patient, _, Some(_)) => {
            ("The doctor has written down what was found and what to do.", "summary", "Read it")
        }
        (Role::Doctor, _, Some(_)) => ("You have signed the note.", "note", "Open the note"),
        (Role::Doctor, Some(_), None) => {
            ("The note is a draft. Sign it when it is right.", "note", "Go on with the note")
        }
        (Role::Doctor, None, _) if matches!(row.status, InProgress | Completed | NoShow) => {
            ("There is no note yet.", "note", "Write the note")
        }
        _ => return None,
    };
    Some(NoteLink {
        text,
        signed_at: signed.and_then(|note| note.signed_at).map(|at| Moment::new(at, viewer.zone())),
        href: format!("/appointments/{}/{page}", row.id),
        label,
    })
}

/// Documents are given in a visit that goes on or took place; what was given stands, whatever became of a visit that had begun.
pub(super) fn documents_href(viewer: &Viewer, row: &AppointmentRow, was_started: bool) -> Option<String> {
    let has_begun = was_started || matches!(row.status, AppointmentStatus::InProgress | AppointmentStatus::Completed);
    match viewer.role() {
        Role::Doctor if has_begun => Some(format!("/appointments/{}/documents", row.id)),
        Role::Patient if has_begun => Some("/documents".to_owned()),
        _ => None,
    }
}
