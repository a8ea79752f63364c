//! Documents: prescriptions, referrals, sick notes and letters that a doctor gives the patient of a visit, to be printed. Numbered within the
//! hospital without a gap, never changed, and revoked for a reason if they were wrong.
//!
//! Owns `document`. Only the doctor and the patient of the visit read one; that it was opened is recorded.

mod document;
mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/documents", handlers::reading::index);
    table.get("/documents/{id}", handlers::reading::show);
    table.post("/documents/{id}/revocation", handlers::writing::revoke);
    table.get("/appointments/{id}/documents", handlers::writing::of_visit);
    table.post("/appointments/{id}/documents", handlers::writing::issue);
}
