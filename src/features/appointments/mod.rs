//! Appointments: asking for them, deciding, keeping them, and their history.
//!
//! Owns `appointment`, `appointment_event`; begins a row of `visit` with what a patient says on arrival, ends
//! the `call` of a visit that is over or goes on by telephone, keeps the links of its `visit_guest`s good when it is moved, and gives the `message_read` of
//! one doctor to another when it is handed over. Used by `calls`, `device_checks`, `guests`, `visits`, `notes`, `day_book` and `home`.

mod appointment;
mod back;
mod by_phone;
mod devices;
mod forms;
mod guests;
mod handlers;
mod offered;
mod pages;
mod policy;
mod queries;
mod service;
mod step;
mod wishes;

pub(crate) use appointment::{STATUSES, StatusTag, status_tag, what_comes_next};
pub(crate) use by_phone::{ToldByPhone, told_by_phone};
pub(crate) use devices::{DeviceMark, check_href, device_mark};
pub(crate) use guests::{guest_code, guest_label, guest_links_end, guest_named};
pub(crate) use offered::{OfferedStep, room_acts, row_acts};
pub(crate) use pages::{banner, hindrance};
pub(crate) use queries::{
    About, AppointmentRow, DeviceCheckRow, DeviceChecks, VisitSituation, VisitsInLine, arrived_at, draft_notes,
    hold_visit, is_taken, is_told_symptoms, of_absent_parties, of_shut_doctors, open_call, open_call_held,
    patient_phone, scope, scope_of_both, scope_of_doctor, unwritten_notes, visits, visits_in_line, wish_lapses_at,
    with_device_checks, with_open_wish, with_parties,
};
pub(crate) use service::{
    CallEnding, EndedCall, OpenCall, PatientAnswers, count_to_come, keep_answers, path_code, seen_by as call_seen_by,
    show_figures as show_call_figures, withdraw,
};
pub(crate) use wishes::{wish_href, wish_words};

use handlers::{absence, booking as book, correcting, holding, list, moving, steps, telling};

use crate::{page_cache::Policy, routing::RouteTable};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/appointments", Policy::with(forms::AppointmentListQuery::PARAMETERS), list::index);
    table.post("/appointments", book::create);
    table.get("/appointments/new", book::new);
    table.get("/appointments/{id}", list::show);
    table.cached_get("/appointments/{id}/standing", Policy::with(&[]), list::standing);
    table.post("/appointments/{id}/approval", steps::approve);
    table.post("/appointments/{id}/rejection", steps::reject);
    table.post("/appointments/{id}/proposal", moving::propose);
    table.post("/appointments/{id}/proposal/acceptance", steps::accept);
    table.post("/appointments/{id}/proposal/refusal", steps::refuse);
    table.post("/appointments/{id}/confirmation", steps::confirm);
    table.post("/appointments/{id}/cancellation", steps::cancel);
    table.post("/appointments/{id}/arrival", steps::arrive);
    table.post("/appointments/{id}/start", steps::start);
    table.post("/appointments/{id}/outcome", steps::outcome);
    table.post("/appointments/{id}/correction", correcting::correct);
    table.post("/appointments/{id}/telling", telling::create);
    table.post("/appointments/{id}/modality", holding::change_modality);
    table.get("/appointments/{id}/rescheduling", moving::new);
    table.post("/appointments/{id}/rescheduling", moving::create);
    table.get("/doctors/{id}/time-off/{id}/visits", absence::show);
    table.post("/doctors/{id}/time-off/{id}/visits", absence::handle);
}
