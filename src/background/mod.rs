//! What the server does without being asked: supervised, and done by one instance where one is enough.
//!
//! # Supervision
//!
//! A task that panics or ends is started again, after a pause that grows while it keeps failing ([`Supervisor`]). The log says so
//! once each time, `telemedicine_background_restarts_total` counts it, and `/health/ready` names the task until it has
//! succeeded again. `telemedicine_background_last_success_age_seconds` tells what hangs without ending.
//!
//! # Leadership
//!
//! Each [`Job`] may be done by any number of instances at once, only the work is then done for nothing. So with Redis the
//! instances agree on a leader for each: whoever holds the lease under `{prefix}:leader:{job}` (`lease.rs`). Nothing
//! depends on it: without Redis, or while it does not answer, every instance does every job.

mod condition;
mod lease;
mod supervisor;

use std::fmt::Display;
use std::future::{Future, ready};
use std::time::Duration;

pub use self::condition::{Background, Pulse};
pub use self::supervisor::Supervisor;

/// Something that is done again and again, in turns.
pub trait Job: 'static {
    /// In metrics, `/health/ready`, the log, and the key of its lease.
    const NAME: &'static str;
    /// The pause between two turns.
    const EVERY: Duration;
    /// The pause after one that failed.
    const AFTER_FAILURE: Duration = Self::EVERY;
    /// The pause before the first.
    const FIRST: Duration = Self::EVERY;
    /// How long a turn may go on after it was asked to stop. Zero: it is broken off at once.
    const GRACE: Duration = Duration::ZERO;
    /// Why a turn failed, for the log.
    type Error: Display;

    /// One turn. `Ok`: how long to pause before the next.
    fn turn(&self) -> impl Future<Output = Result<Duration, Self::Error>>;

    /// In place of a turn while another instance leads, once in a while.
    fn stand_by(&self) -> impl Future<Output = ()> {
        ready(())
    }

    /// Whether this instance is fit to do it. One that is not leaves it to the others.
    fn may_lead(&self) -> bool {
        true
    }

    /// Asks a turn under way to come to an end.
    fn stop(&self) {}
}
