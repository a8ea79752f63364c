//! The pages about documents.

mod issuing;
mod list;
mod now;
mod paper;

pub(super) use issuing::IssuingPage;
pub(super) use list::DocumentList;
pub(super) use now::{Issued, PaperNow};
pub(super) use paper::Paper;

use serde::Serialize;

use super::{document::kind_words, queries::DocumentRow};
use crate::{access::Viewer, web::Moment};

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
