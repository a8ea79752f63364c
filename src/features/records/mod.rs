//! Patients' records: the page of one patient, with what is known of them, their visits, and how they are reached.
//!
//! Owns nothing: `patient` is of [`people`](crate::features::people). The page is a clinical record, and opening it is recorded; what the patient has said of themselves is
//! confirmed on it.

mod forms;
mod handlers;
mod pages;
mod queries;
mod service;

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/patients/{id}", handlers::show);
    table.post("/patients/{id}/confirmation", handlers::confirm);
}
