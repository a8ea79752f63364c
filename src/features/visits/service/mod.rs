//! What is done in the room of a visit.

pub(super) mod delay;
pub(super) mod opening;
pub(super) mod presence;
mod sweep;

pub(crate) use sweep::{sweep_delays, sweep_presence};
