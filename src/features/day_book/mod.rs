//! The day book: doctors beside each other with the time down the side, or the week of one; visits, free times, absences, and a sheet of paper a doctor.
//!
//! Owns no table. Two statements beside the one that finds the viewer: which doctors there are, and what of their time is shown (`queries`).

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/schedule", Policy::with(forms::DayBookQuery::PARAMETERS), handlers::show);
}
