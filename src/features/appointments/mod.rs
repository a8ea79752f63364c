//! Appointments: asking for them, deciding, keeping them, and their history.
//!
//! Owns `appointment`, `appointment_event`. Used by `notes` and `home`.

mod appointment;
mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;
mod step;

pub(crate) use appointment::{STATUSES, StatusTag, status_tag};
pub(crate) use pages::banner;
pub(crate) use policy::{OfferedStep, row_acts};
pub(crate) use queries::{About, AppointmentRow, of_absent_doctors, of_shut_doctors, scope, visits, with_parties};
pub(crate) use service::{count_to_come, withdraw};

use handlers::{booking as book, list, steps};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get(
        "/appointments",
        Policy::with(&["status", "from", "to", "doctor", "patient", "q", "page"]),
        list::index,
    );
    table.post("/appointments", book::create);
    table.get("/appointments/new", book::new);
    table.get("/appointments/{id}", list::show);
    table.post("/appointments/{id}/approval", steps::approve);
    table.post("/appointments/{id}/rejection", steps::reject);
    table.post("/appointments/{id}/proposal", book::propose);
    table.post("/appointments/{id}/proposal/acceptance", steps::accept);
    table.post("/appointments/{id}/proposal/refusal", steps::refuse);
    table.post("/appointments/{id}/confirmation", steps::confirm);
    table.post("/appointments/{id}/cancellation", steps::cancel);
    table.post("/appointments/{id}/arrival", steps::arrive);
    table.post("/appointments/{id}/start", steps::start);
    table.post("/appointments/{id}/outcome", steps::outcome);
}
