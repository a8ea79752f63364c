//! The paper after the visit.

use serde::Serialize;

use super::{Addendum, Part, addenda, now::state_of, parts};
use crate::{
    access::Viewer,
    features::{
        appointments::banner,
        notes::queries::{NoteRecord, StoredNote},
        people::Banner,
    },
    web::{ClinicalPage, Moment, Present, RecordMarks},
};

/// What was signed, for the patient to keep.
#[derive(Debug, Serialize)]
pub(in crate::features::notes) struct Summary {
    /// `appointment.id`
    id: i64,
    /// Of the page that says how the note stands now.
    live_from: String,
    /// As [`super::NoteNow`] says it.
    record_state: String,
    shown: ShownSummary,
}

/// What it says.
#[derive(Debug, Serialize)]
pub(super) struct ShownSummary {
    hospital: Option<String>,
    patient: Banner,
    doctor: String,
    specialization: String,
    starts_at: Moment,
    signed_at: Option<Moment>,
    /// Why nothing of it is shown; nothing when it is.
    kept: Option<&'static str>,
    /// To the doctor: that the patient sees nothing of it.
    is_kept_from_patient: bool,
    parts: Vec<Part>,
    addenda: Vec<Addendum>,
}

const WITHDRAWN: &str = "This note was entered in error, so it is not shown. Ask the doctor if you want to know more.";
const WITHHELD: &str = "The doctor has signed this note and keeps it back. Ask them about it.";

impl Summary {
    pub(in crate::features::notes) fn new(
        viewer: &Viewer,
        present: &Present,
        marks: &RecordMarks,
        record: NoteRecord,
    ) -> Self {
        Self {
            id: record.row.id,
            live_from: format!("/appointments/{}/note/now", record.row.id),
            record_state: state_of(viewer, present, marks, &record),
            shown: ShownSummary::new(viewer, present, record),
        }
    }
}

impl ShownSummary {
    pub(super) fn new(viewer: &Viewer, present: &Present, record: NoteRecord) -> Self {
        let zone = viewer.zone();
        let (is_kept_from_patient, is_hidden) = (record.is_kept_from_patient(), record.is_hidden_from(viewer));
        let why = if record.is_withdrawn() { WITHDRAWN } else { WITHHELD };
        let NoteRecord { row, about, note, author, addenda: beneath, .. } = record;
        let texts = note.as_ref().map(StoredNote::texts).filter(|_| !is_hidden).unwrap_or_default();
        let mut parts = parts(&texts);
        // What is for the patient, and what is to be done, first.
        parts.sort_by_key(|part| ["summary", "plan"].iter().position(|name| *name == part.name).unwrap_or(2));
        Self {
            hospital: viewer.hospital().map(|hospital| hospital.name.clone()),
            patient: banner(viewer, &row, &about, present.date(zone)),
            doctor: author.map_or_else(|| row.doctor_name(), |author| author.name()),
            starts_at: Moment::new(row.starts_at, zone),
            signed_at: note.and_then(|note| note.signed_at).map(|at| Moment::new(at, zone)),
            kept: is_hidden.then_some(why),
            is_kept_from_patient,
            parts,
            addenda: if is_hidden { Vec::new() } else { addenda(viewer, beneath) },
            specialization: row.doctor.specialization,
        }
    }
}

impl ClinicalPage for Summary {
    const TEMPLATE: &'static str = "notes/summary.html";

    fn title(&self) -> String {
        "After your visit".to_owned()
    }
}
