//! Lists and pages; the steps of an appointment's life.

pub(super) mod absence;
pub(super) mod booking;
pub(super) mod correcting;
pub(super) mod holding;
pub(super) mod list;
pub(super) mod moving;
pub(super) mod steps;
pub(super) mod telling;
mod walk_in;
