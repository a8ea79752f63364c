//! The pages about documents.

mod issuing;
mod list;
mod now;
mod paper;

pub(super) use issuing::IssuingPage;
pub(super) use list::DocumentList;
pub(super) use now::{Issued, PaperNow};
pub(super) use paper::{Paper, ShownDocument};

use serde::Serialize;

use super::{
    document::kind_words,
    queries::{DocumentRow, has_begun},
};
use crate::{
    access::Viewer,
    features::appointments::AppointmentRow,
    web::{Moment, moment::date_in_words},
};

/// A document in a list.
#[derive(Debug, Serialize)]
struct DocumentEntry {
    href: String,
    kind: &'static str,
    number: i32,
    issuer: String,
    issued_at: Moment,
    is_revoked: bool,
}

impl DocumentEntry {
    fn new(viewer: &Viewer, row: &DocumentRow) -> Self {
        Self {
            href: format!("/documents/{}", row.id),
            kind: kind_words(row.kind).1,
            number: row.number,
            issuer: row.issuer.name(),
            issued_at: Moment::new(row.issued_at, viewer.zone()),
            is_revoked: row.revoked_at.is_some(),
        }
    }
}

/// What the page of a visit's documents says above and beneath their list.
#[derive(Debug, Serialize)]
struct VisitOfPage {
    patient: String,
    born: Option<String>,
    starts_at: Moment,
    /// Whether something can be issued.
    has_begun: bool,
}

impl VisitOfPage {
    fn new(viewer: &Viewer, visit: &AppointmentRow) -> Self {
        Self {
            patient: visit.patient_name(),
            born: visit.patient.user.date_of_birth.map(date_in_words),
            starts_at: Moment::new(visit.starts_at, viewer.zone()),
            has_begun: has_begun(visit.status),
        }
    }
}
