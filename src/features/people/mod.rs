//! People of a hospital: its doctors and its patients, their lists and their pages.
//!
//! Owns `doctor` and `patient`. A patient's page is a clinical record: opening it is recorded.

mod handlers;
mod pages;
mod policy;
mod queries;

pub(crate) use pages::Banner;
pub(crate) use queries::{matching as patients_matching, topics as patient_topics};

use crate::{cache::Policy, routes::RouteTable, web::query::ListQuery};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/doctors", Policy::with(ListQuery::PARAMETERS), handlers::doctors::index);
    table.cached_get("/doctors/{id}", Policy::with(&[]), handlers::doctors::show);
    table.cached_get("/patients", Policy::with(ListQuery::PARAMETERS), handlers::patients::index);
    table.get("/patients/{id}", handlers::patients::show);
}
