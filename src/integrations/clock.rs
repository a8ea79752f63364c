//! The time of day. The only place that asks the machine for it, so that tests can move it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};

/// A clock; clones show the same time. Instants are whole microseconds, as the database keeps them.
#[derive(Clone, Debug)]
pub struct Clock(TimeSource);

#[derive(Clone, Debug)]
enum TimeSource {
    System,
    /// Microseconds since 1970.
    Fixed(Arc<AtomicI64>),
    /// Microseconds by which it is ahead of the machine's.
    Shifted(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(TimeSource::System)
    }

    /// A clock that stands still at `at` until it is moved.
    pub fn fixed(at: DateTime<Utc>) -> Self {
        Self(TimeSource::Fixed(Arc::new(AtomicI64::new(at.timestamp_micros()))))
    }

    /// A clock that goes, and is wrong by `ahead`.
    pub fn shifted(ahead: TimeDelta) -> Self {
        Self(TimeSource::Shifted(Arc::new(AtomicI64::new(ahead.num_microseconds().unwrap_or_default()))))
    }

    /// Whether it shows no time of day but the one that it was given.
    pub fn stands_still(&self) -> bool {
        matches!(self.0, TimeSource::Fixed(_))
    }

    /// The present instant. What is made under [`watch`] and asks here is not kept: nobody would know until when it is true.
    pub fn now(&self) -> DateTime<Utc> {
        // Outside of a watch there is nobody to note it.
        let _ = WATCH.try_with(|was_asked| was_asked.store(true, Ordering::SeqCst));
        self.now_unwatched()
    }

    /// The present instant, for who sees to it that nothing which is kept shows it for longer than it is true, or whose answer is asked for
    /// anew each time that what is kept is served.
    pub fn now_unwatched(&self) -> DateTime<Utc> {
        match &self.0 {
            TimeSource::System => machine(),
            TimeSource::Shifted(ahead) => machine() + TimeDelta::microseconds(ahead.load(Ordering::SeqCst)),
            TimeSource::Fixed(micros) => {
                DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst)).unwrap_or_default()
            }
        }
    }

    /// Moves a fixed clock, and its clones, to `at`. The machine's clock stays as it is.
    pub fn set(&self, at: DateTime<Utc>) {
        if let TimeSource::Fixed(micros) = &self.0 {
            micros.store(at.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// Moves a clock that stands still or is wrong, and its clones, by `step`, which may be negative. The machine's stays as it is.
    pub fn advance(&self, step: TimeDelta) {
        if let TimeSource::Fixed(micros) | TimeSource::Shifted(micros) = &self.0 {
            micros.fetch_add(step.num_microseconds().unwrap_or(i64::MAX / 4), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks for the time")]
fn machine() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

tokio::task_local! {
    static WATCH: Arc<AtomicBool>;
}

/// Runs `future`, and says whether it has asked a clock for the present instant.
pub async fn watch<F: Future>(future: F) -> (F::Output, bool) {
    let was_asked = Arc::new(AtomicBool::new(false));
    let output = WATCH.scope(Arc::clone(&was_asked), future).await;
    (output, was_asked.load(Ordering::SeqCst))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> DateTime<Utc> {
        DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default()
    }

    #[test]
    fn a_fixed_clock_moves_with_all_its_clones() {
        let clock = Clock::fixed(noon());
        let other = clock.clone();
        assert_eq!(other.now(), noon());
        clock.advance(TimeDelta::minutes(5));
        assert_eq!(other.now(), noon() + TimeDelta::minutes(5));
        other.set(noon() - TimeDelta::days(1));
        assert_eq!(clock.now(), noon() - TimeDelta::days(1));
    }

    #[test]
    fn the_system_clock_goes_and_cannot_be_moved() {
        let clock = Clock::system();
        let before = clock.now();
        clock.set(noon());
        clock.advance(TimeDelta::days(400));
        assert!(clock.now() >= before && clock.now() < before + TimeDelta::days(1));
        assert_eq!(before.timestamp_subsec_nanos() % 1000, 0, "whole microseconds");
    }

    #[tokio::test]
    async fn whoever_asks_under_a_watch_is_noticed() {
        let clock = Clock::fixed(noon());
        assert!(watch(async { clock.now() }).await.1);
        assert!(!watch(async { clock.now_unwatched() }).await.1);
        let (inner, outer) = watch(async { watch(async { clock.now() }).await.1 }).await;
        assert!(inner && !outer, "each notes its own");
    }
}
