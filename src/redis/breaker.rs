//! The circuit breaker in front of Redis: it keeps the price of an outage to one probe a second.
//!
//! Closed: every command is admitted. After [`THRESHOLD`] failures in a row it opens: commands are refused without
//! being sent, except one each [`PROBE_EVERY`], and the first that is answered closes it again. One breaker serves all
//! workers of a process; it is a few atomics, so asking it costs nothing next to a command.
//!
//! It also counts failures for good ([`Breaker::failures`]): the epoch compares that number to know whether Redis
//! may have lost something since it was last trusted.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// Failures in a row that open the breaker.
pub const THRESHOLD: u32 = 3;
/// How often an open breaker lets one command through.
pub const PROBE_EVERY: Duration = Duration::from_secs(1);

/// The value of `probe_at` that means "closed".
const CLOSED: u64 = 0;

/// See the module documentation.
#[derive(Debug)]
pub struct Breaker {
    born: Instant,
    in_a_row: AtomicU32,
    failures: AtomicU64,
    opened_at: AtomicU64,
    /// Milliseconds after `born` at which the next probe is due; [`CLOSED`] while commands flow.
    probe_at: AtomicU64,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            born: Instant::now(),
            in_a_row: AtomicU32::new(0),
            failures: AtomicU64::new(1),
            opened_at: AtomicU64::new(0),
            probe_at: AtomicU64::new(CLOSED),
        }
    }
}

impl Breaker {
    /// Whether a command may be sent now. While open, `true` makes the caller the probe of this second.
    #[must_use]
    pub fn admit(&self) -> bool {
        let probe_at = self.probe_at.load(Relaxed);
        if probe_at == CLOSED {
            return true;
        }
        let now = self.now();
        now >= probe_at && self.probe_at.compare_exchange(probe_at, now + millis(PROBE_EVERY), SeqCst, Relaxed).is_ok()
    }

    /// A command was answered.
    pub fn succeeded(&self) {
        if self.in_a_row.load(Relaxed) != 0 {
            self.in_a_row.store(0, Relaxed);
        }
        if self.probe_at.load(Relaxed) != CLOSED && self.probe_at.swap(CLOSED, SeqCst) != CLOSED {
            let away = self.now().saturating_sub(self.opened_at.load(Relaxed));
            log::info!("redis answers again after {away} ms");
        }
    }

    /// A command was not answered (or not usefully); `why` is logged when this failure opens the breaker.
    pub fn failed(&self, why: &dyn std::fmt::Display) {
        self.distrust();
        let in_a_row = self.in_a_row.fetch_add(1, Relaxed).saturating_add(1);
        if in_a_row < THRESHOLD {
            return;
        }
        let now = self.now();
        let probe_at = now + millis(PROBE_EVERY);
        if self.probe_at.compare_exchange(CLOSED, probe_at, SeqCst, Relaxed).is_ok() {
            self.opened_at.store(now, Relaxed);
            log::warn!("redis is away, going on without it ({why}); one probe a second");
        }
    }

    /// Redis may have lost or missed something, though this says nothing about its being reachable: a connection
    /// was dropped and made again, or a removal was refused. Counts as a failure for the epoch only.
    pub fn distrust(&self) {
        self.failures.fetch_add(1, SeqCst);
    }

    /// How often Redis has failed this process. Starts at 1: a process that has just begun has not yet seen Redis
    /// keep anything.
    #[must_use]
    pub fn failures(&self) -> u64 {
        self.failures.load(SeqCst)
    }

    /// Whether the last command was answered; also before the first one.
    #[must_use]
    pub fn is_answering(&self) -> bool {
        self.in_a_row.load(Relaxed) == 0 && !self.is_open()
    }

    /// Whether commands are being refused.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.probe_at.load(Relaxed) != CLOSED
    }

    /// Never 0, so that it cannot be taken for [`CLOSED`].
    fn now(&self) -> u64 {
        millis(self.born.elapsed()).max(1)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_after_failures_in_a_row_and_admits_one_probe_a_second() {
        let breaker = Breaker::default();
        for _ in 1..THRESHOLD {
            breaker.failed(&"refused");
        }
        assert!(breaker.admit() && !breaker.is_open());
        assert!(!breaker.is_answering());
        breaker.failed(&"refused");
        assert!(breaker.is_open());
        assert!(!breaker.admit(), "no command during the first second");
        std::thread::sleep(PROBE_EVERY + Duration::from_millis(20));
        assert!(breaker.admit(), "one probe");
        assert!(!breaker.admit(), "and only one");
        breaker.succeeded();
        assert!(!breaker.is_open() && breaker.admit() && breaker.is_answering());
    }

    #[test]
    fn an_answer_between_failures_keeps_it_closed() {
        let breaker = Breaker::default();
        for _ in 0..10 {
            breaker.failed(&"timed out");
            breaker.succeeded();
        }
        assert!(!breaker.is_open());
        assert_eq!(breaker.failures(), 11);
    }
}
