//! A patient's own documents.

use serde::Serialize;

use super::DocumentEntry;
use crate::{
    access::Viewer,
    features::documents::queries::DocumentRow,
    web::{AppError, Page, Paginated, Pagination, Paging},
};

/// All documents that a patient was given.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct DocumentList {
    rows: Vec<DocumentEntry>,
    pagination: Pagination,
}

impl DocumentList {
    /// The page `paging` of what was found.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is no such page.
    pub(in crate::features::documents) fn new(
        viewer: &Viewer,
        paging: Paging,
        found: Paginated<DocumentRow>,
    ) -> Result<Self, AppError> {
        Ok(Self {
            rows: found.rows.iter().map(|row| DocumentEntry::new(viewer, row)).collect(),
            pagination: Pagination::new(paging, found.total, "documents", ("/documents", &[]))?,
        })
    }
}

impl Page for DocumentList {
    const TEMPLATE: &'static str = "documents/index.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Your documents".to_owned()
    }
}
