//! People of a hospital: its doctors and its patients, their lists and their pages.
//!
//! Owns `doctor` and `patient`. A patient's page is a clinical record: opening it is recorded.

mod handlers;
mod pages;
mod policy;
mod queries;

pub(crate) use pages::Banner;

use crate::routes::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/doctors", handlers::doctors::index);
    table.get("/doctors/{id}", handlers::doctors::show);
    table.get("/patients", handlers::patients::index);
    table.get("/patients/{id}", handlers::patients::show);
}
