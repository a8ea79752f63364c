//! What is done with appointments: booking them, and the steps of their life.

pub(super) mod absence;
mod answers;
mod asked;
pub(super) mod booking;
mod bounds;
mod calls;
pub(super) mod correcting;
mod guests;
pub(super) mod holding;
pub(super) mod moving;
pub(super) mod proposing;
mod sent_again;
mod slot;
pub(super) mod standing;
mod steps;
pub(super) mod telling;
mod threads;
pub(super) mod wishing;
mod withdrawing;

pub(crate) use answers::{PatientAnswers, keep_answers};
pub(crate) use calls::{CallEnding, EndedCall, OpenCall, path_code, seen_by, show_figures};
pub(super) use standing::take_once;
pub(crate) use withdrawing::{count_to_come, withdraw};
