//! Notes: what a doctor writes down about a visit, signs, and adds to; and the paper that the patient reads afterwards.
//!
//! Owns `note`, `note_revision`, `note_addendum`. A note is its doctor's alone until it is signed; from then on nothing of it changes, and the
//! patient reads it, unless it is withheld or was entered in error. Nobody else does.

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;
mod template;

pub(crate) use service::sweep;

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/appointments/{id}/note", handlers::writing::show);
    table.post("/appointments/{id}/note", handlers::writing::save);
    table.post("/appointments/{id}/note/signature", handlers::signing::sign);
    table.post("/appointments/{id}/note/addenda", handlers::signing::add);
    table.cached_get("/appointments/{id}/note/now", Policy::with(&[]), handlers::reading::now);
    table.get("/appointments/{id}/summary", handlers::reading::show);
}
