//! Hospitals: the public directory, and the platform's view of them and their administrators.
//!
//! Owns `hospital`. The directory shows no e-mail and no phone of a person, to anybody.

mod handlers;
mod pages;
mod policy;
mod queries;

use crate::{cache::Policy, routes::RouteTable, web::query::ListQuery};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/hospitals", Policy::with(ListQuery::PARAMETERS), handlers::index);
    table.cached_get("/hospitals/{id}", Policy::with(&["page"]), handlers::show);
    table.cached_get("/admins", Policy::with(ListQuery::PARAMETERS), handlers::admins);
}
