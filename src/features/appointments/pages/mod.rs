//! One struct for each template.

mod history;
mod index;
mod moving;
mod new;
mod next;
mod note_link;
mod show;
mod standing;
mod times;

pub(super) use index::AppointmentsPage;
pub(super) use moving::{RescheduleForm, first_day as first_day_to_move};
pub(super) use new::{BookingForm, first_day};
pub(crate) use show::banner;
pub(super) use show::{Show, ShownRecord};
pub(super) use standing::StandingPage;
