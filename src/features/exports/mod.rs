//! Everything about one patient, or of one hospital, as JSON to take away: `telemedicine export`, and a patient's own on their profile.
//!
//! Owns no table and reads all of them. What the files are is told in `docs/export.md`; each export says itself, in its `export.json`, what it
//! holds and what it leaves out, and why. A table that is neither fails `tests/web/exports.rs`.
//!
//! An export is in the trail before the first row is read. All of it is read as it stood at one moment ([`crate::db::Database::snapshot`]),
//! some hundred rows at a time.

mod document;
mod folder;
mod format;
mod handlers;
mod policy;
mod queries;
mod service;

pub use folder::FolderError;
pub use format::{ExportedFile, LeftOut, NOT_REACHED, Subject};
pub use service::{ExportError, export_to_folder};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/profile/export.json", handlers::own);
}
