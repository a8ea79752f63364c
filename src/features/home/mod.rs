//! Where everybody begins: the landing page, and the four dashboards.
//!
//! Owns no table: it reads what the features before it own, each dashboard in two statements beside
//! the one that finds the viewer (`queries`), from which `sections` makes its lists and figures.

mod dashboard;
mod forms;
mod handlers;
mod pages;
mod queries;
mod sections;

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/", Policy::with(&[]), handlers::landing);
    table.cached_get("/dashboard", Policy::with(forms::BoardQuery::PARAMETERS), handlers::dashboard);
}
