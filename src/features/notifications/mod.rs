//! Notifications: what happened that somebody should know, and whether they have read it.
//!
//! Owns `notification`. Used by `schedules`, `appointments`, `notes` and `documents`, which cause them, and by `home`. Each is told by e-mail
//! as well, but for what [`notify_on_page`] tells, and what somebody has chosen not to get ([`mail`](crate::features::mail)).

mod email_text;
mod handlers;
mod invitation;
mod notification;
mod pages;
mod queries;
mod service;

pub(crate) use email_text::write;
pub(crate) use invitation::{CalendarVisit, calendar_event};
pub(crate) use notification::{Facts, ToldTimes, capitalised, sentence};
pub(crate) use service::{
    News, NewsSubject, SpokenNews, UnreadNews, answered, look_at, notify, notify_and_show, notify_each, notify_of_many,
    notify_on_page, open, send_untold, sweep, told_by_phone, unread_news, withdraw,
};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/notifications", Policy::with(&["page"]), handlers::index);
    table.post("/notifications/read", handlers::read_all);
    table.post("/notifications/{id}/read", handlers::read);
}
