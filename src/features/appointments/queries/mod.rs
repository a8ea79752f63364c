//! Reading appointments. Every query starts from what the viewer may see.

mod absence;
mod booking;
mod change;
mod correct;
mod devices;
mod line;
mod list;
mod marks;
mod moving;
mod note;
mod outcome;
mod record;
mod rows;
mod scope;
mod standing;
mod wanted;
mod wishes;

pub(super) use absence::{AbsencePlace, FoundInAbsence, VisitInAbsence, visits_in_absence};
pub(super) use booking::{BookedVisit, OFFERED, Parties, Party, WantedParties, booked_with, chosen, offered};
pub(super) use change::{AppointmentState, appointment_state, appointment_state_held, last_step, states_to_come};
pub(crate) use change::{hold_visit, open_call, open_call_held};
pub(super) use correct::{RecordedStep, visit_to_correct};
pub(crate) use devices::{DeviceCheckRow, DeviceChecks, with_device_checks};
pub(crate) use line::{VisitsInLine, visits_in_line};
pub(super) use list::{DoctorOption, FoundVisits, doctors, list};
pub(super) use moving::{Colleague, ReceivingDoctor, VisitToMove, receiving_doctor, visit_to_move};
pub(crate) use note::{draft_notes, unwritten_notes};
use note::{has_note_to_read, is_kept_from_patient, note_to_sign};
use outcome::{needs_outcome, not_over, to_come, upcoming, without_doctor};
pub(crate) use outcome::{of_absent_parties, of_shut_doctors};
pub(crate) use record::About;
pub(super) use record::{CallOfVisit, EventRow, VisitRecord, record, standing};
pub(crate) use rows::{
    AppointmentRow, VisitSituation, arrived_at, is_taken, is_told_symptoms, patient_phone, visits, with_parties,
};
pub(crate) use scope::{scope, scope_of_both, scope_of_doctor};
pub(super) use standing::{GuestOfVisit, NoteOfVisit, StandingRecord};
pub(super) use wishes::administrators;
pub(crate) use wishes::{wish_lapses_at, with_open_wish};
