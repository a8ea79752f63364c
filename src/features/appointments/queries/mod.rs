//! Reading appointments. Every query starts from what the viewer may see.

mod booking;
mod change;
mod list;
mod outcome;
mod record;
mod rows;
mod scope;

pub(super) use booking::{Booked, OFFERED, Parties, Party, booked_with, chosen, offered};
pub(super) use change::{Standing, standing};
pub(super) use list::{DoctorOption, doctors, list};
pub(crate) use outcome::{needs_outcome, not_over};
pub(super) use record::{About, EventRow, Record, record};
pub(crate) use rows::{AppointmentRow, with_parties};
pub(crate) use scope::scope;
