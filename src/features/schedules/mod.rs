//! Schedules: when doctors work, when they are away, and which times are free.
//!
//! Owns `availability` and `time_off`. Used by `appointments`, which books and clears absences of visits, and by `day_book`, which shows several doctors side by side.

mod forms;
mod free;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

pub(crate) use forms::{ANY_DOCTOR, is_field};
pub(crate) use free::{FreeTimes, Rules, Schedule, SlotRefusal, Stretch, share_out, span};
pub(crate) use pages::{DayOfTimes, Time, booking_href, days, visits_href};
pub(crate) use queries::{
    Absence, Attendees, Away, Candidates, DoctorTime, DoctorTimes, ManagedAbsence, Working, absences, in_state,
    managed_absence, rules, schedule, schedule_now, several, several_now, windows,
};
pub(crate) use service::hold;

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/times", Policy::with(&["doctor", "specialization", "from"]), handlers::week);
    table.cached_get("/doctors/{id}/times", Policy::with(&["date"]), handlers::times);
    table.get("/doctors/{id}/availability", handlers::availability);
    table.post("/doctors/{id}/availability", handlers::change_week);
    table.post("/doctors/{id}/time-off", handlers::add_time_off);
    table.post("/doctors/{id}/time-off/{id}/removal", handlers::remove_time_off);
}
