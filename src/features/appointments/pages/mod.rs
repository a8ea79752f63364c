//! One struct for each template.

mod absence;
mod history;
mod index;
mod moving;
mod new;
mod next;
mod note_link;
mod show;
mod standing;
mod times;
mod walk_in;

pub(super) use absence::{AbsencePage, PageOfAbsence, place_of};
pub(super) use index::{AppointmentsPage, Narrowing};
pub(super) use moving::{DoctorChoice, Purpose, RescheduleForm, first_day as first_day_to_move};
pub(super) use new::{BookingForm, first_day};
pub(crate) use next::hindrance;
pub(crate) use show::banner;
pub(super) use show::{Show, ShownRecord};
pub(super) use standing::StandingPage;
pub(super) use walk_in::WalkInForm;
