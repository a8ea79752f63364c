//! The device check: whoever is about to meet by video tries camera, microphone and the way to the relays, and the hospital sees what came of it.
//!
//! Owns `device_check`, which `appointments` joins to visits. Everybody who is signed in may try their devices; what is found is kept for a visit of
//! one's own that is not over. Nothing that the devices see or hear leaves the page.

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/device-check", handlers::show);
    table.get("/appointments/{id}/device-check/ice", handlers::relays);
    table.post("/appointments/{id}/device-check", handlers::record);
}
