//! Reading appointments. Every query starts from what the viewer may see.

mod booking;
mod change;
mod correct;
mod devices;
mod line;
mod list;
mod note;
mod outcome;
mod record;
mod rows;
mod scope;
mod standing;

pub(super) use booking::{BookedVisit, OFFERED, Parties, Party, WantedParties, booked_with, chosen, offered};
pub(super) use change::{
    AppointmentState, VisitToMove, appointment_state, appointment_state_held, last_step, states_to_come, visit_to_move,
};
pub(crate) use change::{open_call, open_call_held};
pub(super) use correct::{RecordedStep, visit_to_correct};
pub(crate) use devices::{DeviceCheckRow, DeviceChecks, with_device_checks};
pub(crate) use line::{VisitsInLine, visits_in_line};
pub(super) use list::{DoctorOption, doctors, list};
use note::{has_note_to_read, is_kept_from_patient};
use outcome::{needs_outcome, not_over, to_come, without_doctor};
pub(crate) use outcome::{of_absent_parties, of_shut_doctors};
pub(crate) use record::About;
pub(super) use record::{BloodAndAllergies, CallOfVisit, EventRow, VisitRecord, record, standing};
pub(crate) use rows::{AppointmentRow, VisitSituation, arrived_at, is_taken, is_told_symptoms, visits, with_parties};
pub(crate) use scope::{scope, scope_of_both, scope_of_doctor};
pub(super) use standing::{GuestOfVisit, NoteOfVisit, StandingRecord};
