//! What is done in calls.

mod beating;
mod ending;
mod joining;
mod keeping;
mod reporting;
mod signalling;

pub(crate) use beating::{Beat, beat};
pub(super) use ending::hang_up;
pub(super) use joining::join;
pub use keeping::CallKeeper;
pub(super) use reporting::report;
pub(super) use signalling::send;

use chrono::TimeDelta;

/// For how long a page is there, in a call and in its room, once it has given a sign: it does so every 15 s, and two may be lost.
pub(crate) const LEASE: TimeDelta = TimeDelta::seconds(45);
/// So long after nothing was heard of anybody a call is over.
const SILENCE: TimeDelta = TimeDelta::seconds(60);

/// What is said to a page that has no part in a call.
pub(super) const OVER: &str = "This call is over. Join again to go on.";
