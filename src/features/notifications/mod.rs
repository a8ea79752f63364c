//! Notifications: what happened that somebody should know, and whether they have read it.
//!
//! Owns `notification`. Used by `appointments`, `notes` and `documents`, which cause them, and by `home`. Each is told by e-mail as well.

mod email_text;
mod handlers;
mod invitation;
mod notification;
mod pages;
mod queries;
mod service;

pub(crate) use email_text::write;
pub(crate) use invitation::{CalendarVisit, calendar_event};
pub(crate) use notification::{Facts, ToldTimes, sentence};
pub(crate) use service::{News, notify, notify_of_many, sweep, withdraw};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/notifications", Policy::with(&["page"]), handlers::index);
    table.post("/notifications/read", handlers::read_all);
    table.post("/notifications/{id}/read", handlers::read);
}
