//! The visit itself: its room, who is in it, what is asked at its beginning, and by how much its doctor runs late.
//!
//! Owns `visit` (which `appointments` begins with what a patient says on arrival), `visit_presence` and `doctor_delay`. The room is the
//! appointment: whoever may see the one as a party may enter the other, and nobody else.

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod rooms;
mod service;

pub(crate) use queries::{CheckedPerson, InRoom, LateDoctor, checked_people, in_rooms, late_doctors};
pub(crate) use rooms::{RoomMark, Rooms, opens_at};
pub(crate) use service::{sweep_delays, sweep_presence};

use handlers::{delay, guests, opening, presence, room};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.get("/appointments/{id}/room", room::show);
    table.cached_get("/appointments/{id}/now", Policy::with(&[]), room::now);
    table.post("/appointments/{id}/presence", presence::sign);
    table.post("/appointments/{id}/answers", opening::answer);
    table.post("/appointments/{id}/opening", opening::check);
    table.post("/appointments/{id}/guests", guests::invite);
    table.post("/doctors/{id}/delay", delay::set);
}
