//! What changes by itself of pages about documents.

use serde::Serialize;

use super::DocumentEntry;
use crate::{
    access::Viewer,
    features::documents::{
        document::kind_words,
        queries::{DocumentNow, DocumentRow},
    },
    web::{Moment, Page},
};

/// What was issued in a visit, to its doctor: without the form that issues more, which is of one opening alone.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct Issued {
    /// `appointment.id`
    id: i64,
    rows: Vec<DocumentEntry>,
}

impl Issued {
    pub(in crate::features::documents) fn new(viewer: &Viewer, id: i64, documents: &[DocumentRow]) -> Self {
        Self { id, rows: documents.iter().map(|row| DocumentEntry::new(viewer, row)).collect() }
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
    revoked_at: Option<Moment>,
    /// See [`record_state`].
    record_state: String,
}

impl PaperNow {
    pub(in crate::features::documents) fn new(viewer: &Viewer, id: i64, found: &DocumentNow) -> Self {
        Self {
            title: format!("{} No. {}: now", kind_words(found.kind).1, found.number),
            id,
            revoked_at: found.revoked_at.map(|at| Moment::new(at, viewer.zone())),
            record_state: record_state(found.version, &Moment::new(found.visit.starts_at, viewer.zone())),
        }
    }
}

/// Changes whenever the page of a document would look different: when it is revoked, and when its visit stands at another time.
pub(super) fn record_state(version: i32, visit_at: &Moment) -> String {
    format!("{version}-{}", visit_at.utc)
}

impl Page for PaperNow {
    const TEMPLATE: &'static str = "documents/now.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}
