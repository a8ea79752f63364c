//! Guests of the call of a visit: an interpreter, family or another clinician, who have no account.
//!
//! Owns `visit_guest`. The doctor of the visit makes a link and gives it to them, by telephone or otherwise: the server sends none. Whoever opens it waits
//! until the doctor lets them in, takes part in the call from then on as the two who meet do, and is out of it as soon as the doctor removes them or the
//! visit is over. They see the doctor's name and the hospital's, and nothing of the patient. At one time one guest is in a call, of several who may
//! be invited. The link is the whole of their access: there is no session and no cookie; what its page asks for, it asks for again and again, because
//! a stream is a session's. The room (`visits`) shows who there is, and takes the form that invites.

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod seat;
mod secret;
mod service;

pub(crate) use forms::{GuestChoice, guest_choices, new_guest};
pub(crate) use pages::{GuestMark, guest_marks};
pub(crate) use policy::ManageGuests;
pub(crate) use queries::{GuestInCall, GuestRow, guests_in_call, guests_of_visit};
pub(crate) use service::{InvitedGuest, invite, sweep};

use handlers::{admitting, call, page};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.post("/appointments/{id}/guests/{id}/admission", admitting::admit);
    table.post("/appointments/{id}/guests/{id}/removal", admitting::remove);
    table.get("/guest/{token}", page::show);
    table.post("/guest/{token}/presence", page::sign);
    table.get("/guest/{token}/ice", call::relays);
    table.post("/guest/{token}/call", call::join);
    table.get("/guest/{token}/call/signals", call::heard);
    table.post("/guest/{token}/call/signals", call::say);
    table.post("/guest/{token}/call/report", call::report);
}
