//! Hospitals: the public directory, and the platform's view of them and their administrators.
//!
//! Owns `hospital`. The directory shows no e-mail and no phone of a person, to anybody.

mod handlers;
mod pages;
mod policy;
mod queries;

use crate::routes::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/hospitals", handlers::index);
    table.get("/hospitals/{id}", handlers::show);
    table.get("/admins", handlers::admins);
}
