//! The call: doctor and patient see and hear each other from browser to browser, and the server tells each page of the other until they have found a way.
//!
//! Owns `call` (which `appointments` ends with the visit), `call_peer` and `call_signal`. A call is its visit's: the two who meet take part in it, and a
//! guest whom the doctor has let in (`guests`); for anybody else there is none. A guest begins no call and keeps none. A *peer* is a page that was
//! loaded, not a person: who loads it again is another, and what was said to the one before is not said to it. Hanging up ends a call and not the visit;
//! the next call is another row. No picture and no sound passes this server, and what pages say to each other stands in no log and in no trail.

mod credentials;
mod forms;
mod handlers;
mod participant;
mod policy;
mod queries;
mod service;
mod sign;

pub(crate) use credentials::ice_to_try;
pub(crate) use handlers::answers;
pub(crate) use participant::{GuestOfCall, GuestStanding, Participant, PeerOfVisit, PeerOwner, VisitGuestId};
pub(crate) use queries::CallNow;
pub use service::CallKeeper;
pub(crate) use service::{Beat, beat, put_guest_out};
pub(crate) use sign::{GRACE, PAUSE, Sign};

use handlers::{ending, joining, relays, reporting, signals};

use crate::routing::RouteTable;

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/appointments/{id}/ice", relays::show);
    table.post("/appointments/{id}/call", joining::join);
    table.get("/appointments/{id}/call/signals", signals::heard);
    table.post("/appointments/{id}/call/signals", signals::send);
    table.post("/appointments/{id}/call/report", reporting::report);
    table.post("/appointments/{id}/call/end", ending::hang_up);
}
