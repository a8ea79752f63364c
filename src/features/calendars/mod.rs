//! Calendars: a secret address, at which programs of a doctor's or a patient's own read when their visits are.
//!
//! Owns `calendar_link`, a row for each person who has such an address. What it tells is what [`calendar_event`] makes of a visit, as in the
//! invitations that go by mail: no patient's name, and nothing of why. Programs ask again and again, and what they get is no
//! clinical record: the trail tells who made an address, another in its place, or took it back, and not who asked.
//!
//! [`calendar_event`]: crate::features::notifications::calendar_event

mod handlers;
mod pages;
mod policy;
mod queries;
mod secret;
mod service;

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/profile/calendar", handlers::show);
    table.post("/profile/calendar", handlers::renew);
    table.post("/profile/calendar/removal", handlers::remove);
    table.get("/calendar/{token}.ics", handlers::feed);
}
