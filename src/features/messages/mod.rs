//! Messages: what the doctor and the patient write to each other about a visit, before it, in it, and for some days after.
//!
//! Owns `message`, `message_read`, `attachment` and `attachment_data`. A thread is its visit's: the two who meet read and write it, and nobody else
//! does. What was written is never changed; it can be taken back, and then its words, and what was attached, are shown to nobody. A [`FileChecker`] asks
//! the virus scanner about what it did not answer about at once.

mod attachments;
mod email_text;
mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

pub(crate) use email_text::write;
pub use service::FileChecker;

use handlers::{acting, reading};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/messages", Policy::with(&["page"]), reading::index);
    table.get("/appointments/{id}/messages", reading::show);
    table.cached_get("/appointments/{id}/messages/now", Policy::with(&[]), reading::now);
    table.get("/attachments/{id}", reading::file);
    table.post("/appointments/{id}/messages", acting::send);
    table.post("/appointments/{id}/messages/read", acting::read);
    table.post("/appointments/{id}/messages/{id}/retraction", acting::take_back);
}
