//! What changes by itself of pages about documents.

use serde::Serialize;

use super::{DocumentEntry, VisitOfPage};
use crate::{
    access::Viewer,
    features::{
        appointments::AppointmentRow,
        documents::{
            document::kind_words,
            queries::{DocumentNow, DocumentRow},
        },
    },
    web::{Moment, Page, RecordMarks},
};

/// What was issued in a visit, to its doctor: without the form that issues more, which is of one opening alone.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct Issued {
    /// `appointment.id`
    id: i64,
    rows: Vec<DocumentEntry>,
    /// The mark of what else its page shows.
    record_state: String,
}

impl Issued {
    pub(in crate::features::documents) fn new(
        viewer: &Viewer,
        marks: &RecordMarks,
        (visit, documents): (&AppointmentRow, &[DocumentRow]),
    ) -> Self {
        Self {
            id: visit.id,
            rows: documents.iter().map(|row| DocumentEntry::new(viewer, row)).collect(),
            record_state: marks.of(&VisitOfPage::new(viewer, visit)),
        }
    }
}

impl Page for Issued {
    const TEMPLATE: &'static str = "documents/issued.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Documents of a visit: now".to_owned()
    }
}

/// Whether a document counts. Kept, and without a word of it.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct PaperNow {
    title: String,
    id: i64,
    /// The document's own title.
    document: String,
    patient: String,
    revoked_at: Option<Moment>,
    /// Of the document's page: see [`super::ShownDocument`].
    record_state: String,
}

impl PaperNow {
    pub(in crate::features::documents) fn new(
        viewer: &Viewer,
        id: i64,
        (found, record_state): (DocumentNow, String),
    ) -> Self {
        let document = format!("{} No. {}", kind_words(found.kind).1, found.number);
        Self {
            title: format!("{document}: now"),
            id,
            document,
            patient: found.patient,
            revoked_at: found.revoked_at.map(|at| Moment::new(at, viewer.zone())),
            record_state,
        }
    }
}

impl Page for PaperNow {
    const TEMPLATE: &'static str = "documents/now.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}
