//! Hospitals: the public directory, and the platform's view of them and their administrators.
//!
//! Owns `hospital`. The directory shows no e-mail and no phone of a person, to anybody.

mod forms;
mod handlers;
mod management;
mod pages;
mod policy;
mod queries;
mod service;

pub(crate) use queries::names;

use crate::{page_cache::Policy, routing::RouteTable, web::query::ListQuery};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/hospitals", Policy::with(ListQuery::PARAMETERS), handlers::index);
    table.post("/hospitals", management::create);
    table.get("/hospitals/new", management::new);
    table.get("/hospitals/{id}/edit", management::edit);
    table.post("/hospitals/{id}", management::update);
    table.post("/hospitals/{id}/deactivation", management::deactivate);
    table.post("/hospitals/{id}/reactivation", management::reactivate);
    table.cached_get("/hospitals/{id}", Policy::with(&["page"]), handlers::show);
    table.cached_get("/admins", Policy::with(ListQuery::PARAMETERS), handlers::admins);
}
