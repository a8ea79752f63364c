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

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/documents", Policy::with(&["page"]), handlers::reading::index);
    table.get("/documents/{id}", handlers::reading::show);
    table.cached_get("/documents/{id}/now", Policy::with(&[]), handlers::reading::now);
    table.post("/documents/{id}/revocation", handlers::writing::revoke);
    table.get("/appointments/{id}/documents", handlers::writing::of_visit);
    table.cached_get("/appointments/{id}/documents/now", Policy::with(&[]), handlers::reading::of_visit_now);
    table.post("/appointments/{id}/documents", handlers::writing::issue);
}
