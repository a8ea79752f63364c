//! Reports: visits by day and outcome, how long people wait, who does not come, how full the doctors' hours are; and how calls go, week by week.
//!
//! Owns no table. A hospital's administrator reads of their own hospital, day by day; the platform's of all, one line each, and
//! numbers alone. Days are those of each hospital's zone, so that a day's visits are the dashboard's.

mod calls;
mod chart;
mod download;
mod forms;
mod handlers;
mod hours;
mod numbers;
mod pages;
mod policy;
mod queries;
mod spread;

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/reports", Policy::with(&["from", "to"]), handlers::index);
    table.cached_get("/reports/calls", Policy::with(&["from", "to"]), handlers::calls);
    table.get("/reports/calls.csv", handlers::calls_file);
    table.get("/reports/days.csv", handlers::days);
    table.get("/reports/doctors.csv", handlers::doctors);
    table.get("/reports/hospitals.csv", handlers::hospitals);
}
