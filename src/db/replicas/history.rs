//! How far the primary's log had come, and when.

use std::collections::VecDeque;
use std::time::Duration;

use crate::db::identity::Identity;

/// So many looks are remembered. Beyond, every second of the older half is forgotten: of long ago fewer are enough.
const MOST: usize = 1_024;

/// A place in the log of one server: what a copy must have replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes from the log's beginning (`pg_lsn`).
    pub(super) lsn: i64,
    /// Whose log.
    pub(super) of: Identity,
}

/// See the module. Of one server on one timeline: what was seen of another says nothing of this one's log.
#[derive(Debug, Default)]
pub(super) struct History {
    of: Option<Identity>,
    /// When a look began, by the boot clock, and what it saw; the oldest first.
    looks: VecDeque<(Duration, i64)>,
}

impl History {
    /// A look that began at `began` saw the log end at `place`.
    pub(super) fn note(&mut self, began: Duration, place: Place) {
        if self.of != Some(place.of) {
            self.looks.clear();
            self.of = Some(place.of);
        }
        match self.looks.back_mut() {
            Some((last, _)) if *last > began => return,
            // Nothing was written in between: the later moment says as much of all that came before it.
            Some((last, lsn)) if *lsn == place.lsn => *last = began,
            _ => self.looks.push_back((began, place.lsn)),
        }
        if self.looks.len() > MOST {
            let mut at = 0;
            self.looks.retain(|_| {
                at += 1;
                at > MOST / 2 || at % 2 == 0
            });
        }
    }

    /// The nearest place behind everything that was committed before `moment`; `None`: no look has begun since.
    pub(super) fn after(&self, moment: Duration) -> Option<Place> {
        let first = self.looks.partition_point(|(began, _)| *began < moment);
        let (_, lsn) = self.looks.get(first)?;
        Some(Place { lsn: *lsn, of: self.of? })
    }

    /// The last place that was seen.
    pub(super) fn last(&self) -> Option<Place> {
        let (_, lsn) = self.looks.back()?;
        Some(Place { lsn: *lsn, of: self.of? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    fn place(lsn: i64) -> Place {
        Place { lsn, of: Identity::new(7, Some("00000001")) }
    }

    #[test]
    fn only_a_look_that_began_later_tells_how_far_a_copy_must_be() {
        let mut history = History::default();
        assert_eq!(history.after(second(0)), None);
        history.note(second(10), place(100));
        history.note(second(20), place(200));
        assert_eq!(history.after(second(5)), Some(place(100)));
        assert_eq!(history.after(second(10)), Some(place(100)));
        assert_eq!(history.after(second(11)), Some(place(200)));
        assert_eq!(history.after(second(21)), None, "what was committed at 20.5 may be behind 200");
        assert_eq!(history.last(), Some(place(200)));
    }

    #[test]
    fn where_nothing_is_written_an_old_place_goes_on_to_be_enough() {
        let mut history = History::default();
        history.note(second(10), place(100));
        history.note(second(20), place(100));
        assert_eq!(history.after(second(15)), Some(place(100)));
        assert_eq!(history.looks.len(), 1);
        history.note(second(15), place(300));
        assert_eq!(history.last(), Some(place(100)), "a look that was overtaken tells nothing");
    }

    #[test]
    fn another_server_or_timeline_begins_anew() {
        let mut history = History::default();
        history.note(second(10), place(100));
        let promoted = Place { lsn: 90, of: Identity::new(7, Some("00000002")) };
        history.note(second(20), promoted);
        assert_eq!(history.after(second(5)), Some(promoted));
    }

    #[test]
    fn it_is_bounded_and_never_tells_of_too_early_a_place() {
        let mut history = History::default();
        for look in 1..=5_000 {
            history.note(second(look), place(i64::try_from(look).unwrap_or_default()));
        }
        assert!(history.looks.len() <= MOST);
        for moment in [1, 2, 77, 1_234, 4_990, 5_000] {
            let found = history.after(second(moment)).map(|place| place.lsn);
            assert!(found.is_some_and(|lsn| lsn >= i64::try_from(moment).unwrap_or_default()), "{moment}: {found:?}");
        }
        assert_eq!(history.after(second(4_990)), Some(place(4_990)));
    }
}
