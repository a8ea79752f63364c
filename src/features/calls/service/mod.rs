//! What is done in calls.

mod beating;
mod ending;
mod joining;
mod keeping;
mod leaving;
mod reporting;
mod signalling;

pub(crate) use beating::{Beat, beat};
pub(super) use ending::hang_up;
pub(super) use joining::join;
pub use keeping::CallKeeper;
pub(crate) use leaving::put_guest_out;
pub(super) use reporting::report;
pub(super) use signalling::send;

use chrono::TimeDelta;

use super::sign::LEASE;

/// So long after nothing was heard of anybody a call is over.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

/// What is said to a page that has no part in a call.
pub(super) const OVER: &str = "This call is over. Join again to go on.";
