//! What is done with appointments: booking them, and the steps of their life.

pub(super) mod booking;
pub(super) mod proposing;
pub(super) mod standing;
mod steps;

pub(super) use steps::take;
