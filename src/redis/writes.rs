//! Writes that a Redis refuses which answers: its memory is full, it became a replica, it cannot store. Told in the log at the first of them, then
//! once a minute with how many there were, however many requests meet it; and in readiness, until it takes writes again.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Error;

/// One line in so long.
const LINE: Duration = Duration::from_secs(60);
/// Whoever asks meets it again within this time.
const LATELY: Duration = Duration::from_secs(10);

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Writes {
    /// Whether the last that was heard of them was a refusal: asked after each proof, which costs nothing as long as all is well.
    are_refused: AtomicBool,
    refused: Mutex<Option<Refused>>,
}

/// Since the first refusal.
#[derive(Debug)]
struct Refused {
    why: &'static str,
    last: Instant,
    told_at: Instant,
    /// Since that line, and in all.
    untold: u64,
    all: u64,
}

/// What the log is told.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    First,
    Again(u64),
}

impl Writes {
    /// Takes notice of an error of `server`, if it is one of these.
    pub(super) fn note(&self, server: &str, error: &Error) {
        let Some(why) = error.refuses_writes() else { return };
        match self.count(why, Instant::now()) {
            Some(Line::First) => {
                log::warn!("redis at {server} takes no writes, so nothing that is kept there is believed: {error}");
            }
            Some(Line::Again(refused)) => {
                log::warn!(
                    "redis at {server} still takes no writes, {refused} were refused since the last line: {error}"
                );
            }
            None => {}
        }
    }

    fn count(&self, why: &'static str, now: Instant) -> Option<Line> {
        let mut found = self.refused();
        self.are_refused.store(true, Relaxed);
        let Some(refused) = &mut *found else {
            *found = Some(Refused { why, last: now, told_at: now, untold: 0, all: 1 });
            return Some(Line::First);
        };
        (refused.why, refused.last) = (why, now);
        refused.untold = refused.untold.saturating_add(1);
        refused.all = refused.all.saturating_add(1);
        if now.saturating_duration_since(refused.told_at) < LINE {
            return None;
        }
        refused.told_at = now;
        Some(Line::Again(std::mem::take(&mut refused.untold)))
    }

    /// A write was taken.
    pub(super) fn taken(&self, server: &str) {
        if let Some(refused) = self.end() {
            log::info!("redis at {server} takes writes again; {refused} were refused");
        }
    }

    /// How many were refused until now, if any were.
    fn end(&self) -> Option<u64> {
        if !self.are_refused.load(Relaxed) {
            return None;
        }
        let mut found = self.refused();
        self.are_refused.store(false, Relaxed);
        found.take().map(|refused| refused.all)
    }

    /// Why they are refused, as far as was noticed a short while ago.
    pub(super) fn why(&self) -> Option<&'static str> {
        self.refused().as_ref().filter(|refused| refused.last.elapsed() < LATELY).map(|refused| refused.why)
    }

    fn refused(&self) -> MutexGuard<'_, Option<Refused>> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_at_the_first_and_once_a_minute_with_how_many_there_were() {
        let (writes, began) = (Writes::default(), Instant::now());
        let at = |seconds| began + Duration::from_secs(seconds);
        assert_eq!(writes.count("full", at(0)), Some(Line::First));
        for second in 1..60 {
            assert_eq!(writes.count("full", at(second)), None, "{second}");
        }
        assert_eq!(writes.count("full", at(60)), Some(Line::Again(60)));
        assert_eq!(writes.count("full", at(61)), None);
        assert_eq!(writes.count("full", at(125)), Some(Line::Again(2)));
        assert_eq!(writes.end(), Some(63));
        assert_eq!((writes.end(), writes.why()), (None, None));
        assert_eq!(writes.count("full", at(126)), Some(Line::First), "and anew");
    }

    #[test]
    fn only_what_is_refused_because_it_is_a_write_counts() {
        let writes = Writes::default();
        let refused = |text: &str| Error::Refused(text.to_owned());
        for other in
            [refused("ERR unknown command"), refused("NOPERM no"), Error::Open, Error::Disconnected("OOM".into())]
        {
            writes.note("here:1", &other);
            assert_eq!(writes.why(), None, "{other}");
        }
        for (text, why) in [
            ("OOM command not allowed when used memory > 'maxmemory'.", "its memory is full"),
            ("READONLY You can't write against a read only replica.", "it is a replica"),
            ("ERR Error running script (call to f_1): @user_script:1: -READONLY You can't", "it is a replica"),
            ("MISCONF Redis is configured to save RDB snapshots", "it cannot store them"),
            ("NOREPLICAS Not enough good replicas to write.", "it has too few replicas"),
        ] {
            writes.note("here:1", &refused(text));
            assert_eq!(writes.why(), Some(why), "{text}");
        }
        writes.taken("here:1");
        assert_eq!(writes.why(), None);
    }
}
