//! The pages and acts of documents.

pub(super) mod reading;
pub(super) mod writing;
