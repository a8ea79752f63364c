//! Tries that are let in one after the other: who has had too many waits here, and all of them share one pause.
//!
//! A lane is an account or a place. Those who wait are held for [`LONGEST`] at most, so that nobody can hold many connections open with it:
//! beyond, the one that has tried most is told to come again. Whoever has not tried before goes first, so that a stranger who fills the lane
//! of an account does not keep its owner out.
//!
//! In this process alone: of several instances each lets in its own.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::RetryAfter;

/// The longest that a try is held.
const LONGEST: Duration = Duration::from_secs(8);
/// Beyond so many, those that nobody waits in are forgotten.
const MANY: usize = 10_000;

/// All lanes. Clones are the same.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    lanes: Arc<Mutex<HashMap<String, Lane>>>,
    longest: Duration,
}

#[derive(Debug)]
struct Lane {
    free_at: Instant,
    waiting: BTreeSet<Ticket>,
    next: u64,
    moved: Arc<Notify>,
}

/// A place in a lane: who has tried least goes first, then who came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ticket {
    tries: u32,
    number: u64,
}

/// Somebody who waits; out of the lane when dropped.
struct Waiting<'a> {
    lanes: &'a Lanes,
    name: &'a str,
    ticket: Ticket,
    moved: Arc<Notify>,
}

/// What a look at the lane tells who waits in it.
enum Look {
    Pass,
    Displaced,
    /// First, but too early.
    Until(Instant),
    Behind,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { lanes: Arc::default(), longest: LONGEST }
    }
}

impl Lanes {
    /// Waits for its turn in the lane `name`, behind which comes `pause`. `tries`: how many there were by the same.
    ///
    /// # Errors
    /// When to come again, because too many wait.
    pub(super) async fn pass(&self, name: &str, tries: u32, pause: Duration) -> Result<(), RetryAfter> {
        let Some(waiting) = self.enter(name, tries, pause)? else { return Ok(()) };
        loop {
            // Made before the look: what happens in between is not missed.
            let moved = waiting.moved.notified();
            match waiting.look(pause) {
                Look::Pass => return Ok(()),
                Look::Displaced => return Err(RetryAfter::rounded(self.longest)),
                Look::Until(at) => {
                    tokio::select! {
                        () = moved => {}
                        () = sleep_until(at) => {}
                    }
                }
                Look::Behind => moved.await,
            }
        }
    }

    /// `None`: nobody is in the way.
    fn enter<'a>(&'a self, name: &'a str, tries: u32, pause: Duration) -> Result<Option<Waiting<'a>>, RetryAfter> {
        let mut lanes = self.lock();
        let now = Instant::now();
        if lanes.len() > MANY {
            lanes.retain(|_, lane| lane.free_at > now || !lane.waiting.is_empty());
        }
        let lane = lanes.entry(name.to_owned()).or_insert_with(|| Lane {
            free_at: now,
            waiting: BTreeSet::new(),
            next: 0,
            moved: Arc::default(),
        });
        if lane.waiting.is_empty() && lane.free_at <= now {
            lane.free_at = now + pause;
            return Ok(None);
        }
        let ahead = u32::try_from(lane.waiting.len()).unwrap_or(u32::MAX);
        let wait = lane.free_at.saturating_duration_since(now) + pause.saturating_mul(ahead);
        // One may wait however long the pause is.
        if ahead > 0 && wait > self.longest {
            match lane.waiting.last().copied() {
                Some(last) if last.tries > tries => lane.waiting.remove(&last),
                _ => return Err(RetryAfter::rounded(wait)),
            };
            lane.moved.notify_waiters();
        }
        lane.next += 1;
        let ticket = Ticket { tries, number: lane.next };
        lane.waiting.insert(ticket);
        Ok(Some(Waiting { lanes: self, name, ticket, moved: Arc::clone(&lane.moved) }))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    fn look(&self, pause: Duration) -> Look {
        let mut lanes = self.lanes.lock();
        let Some(lane) = lanes.get_mut(self.name).filter(|lane| lane.waiting.contains(&self.ticket)) else {
            return Look::Displaced;
        };
        let now = Instant::now();
        match lane.waiting.first() {
            Some(first) if *first != self.ticket => Look::Behind,
            _ if lane.free_at > now => Look::Until(lane.free_at),
            _ => {
                lane.free_at = now + pause;
                lane.waiting.remove(&self.ticket);
                lane.moved.notify_waiters();
                Look::Pass
            }
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lock();
        if let Some(lane) = lanes.get_mut(self.name)
            && lane.waiting.remove(&self.ticket)
        {
            lane.moved.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;

    use super::*;

    const PAUSE: Duration = Duration::from_millis(100);

    /// As it is, eighty times as fast.
    fn lanes() -> Lanes {
        Lanes { longest: PAUSE * 8, ..Lanes::default() }
    }

    #[tokio::test]
    async fn those_at_once_are_let_in_one_after_the_other_and_the_rest_is_told_to_come_again() {
        let (lanes, order) = (lanes(), Mutex::new(Vec::new()));
        let tries = (0..110).map(|number| {
            let (lanes, order) = (&lanes, &order);
            async move {
                if lanes.pass("account", 1, PAUSE).await.is_ok() {
                    order.lock().unwrap_or_else(PoisonError::into_inner).push(number);
                }
            }
        });
        join_all(tries).await;
        let order = order.into_inner().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[tokio::test]
    async fn who_has_not_tried_before_goes_first_however_many_wait() {
        let lanes = lanes();
        let order = Mutex::new(Vec::new());
        let try_ = async |who: u32, tries| {
            let passed = lanes.pass("account", tries, PAUSE).await.is_ok();
            if passed {
                order.lock().unwrap_or_else(PoisonError::into_inner).push(who);
            }
        };
        tokio::join!(join_all((0..50).map(|who| try_(who, 3))), try_(99, 0));
        let order = order.into_inner().unwrap_or_else(PoisonError::into_inner);
        // One of them has given its place.
        assert_eq!(order, [0, 99, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[tokio::test]
    async fn one_may_wait_out_the_longest_pause_and_gives_way_to_who_has_tried_less() {
        let lanes = lanes();
        let pass = |tries| lanes.pass("account", tries, PAUSE * 8);
        let (first, second, third, owner) = tokio::join!(pass(1), pass(1), pass(1), pass(0));
        assert_eq!([first, second, third, owner].map(|passed| passed.is_ok()), [true, false, false, true]);
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nothing_and_other_lanes_are_free() {
        let lanes = lanes();
        lanes.pass("account", 0, PAUSE).await.unwrap_or_else(|wait| panic!("{wait}"));
        drop(tokio::time::timeout(PAUSE / 10, lanes.pass("account", 0, PAUSE)).await);
        assert!(lanes.lock().get("account").is_some_and(|lane| lane.waiting.is_empty()));
        assert!(lanes.enter("other", 0, PAUSE).is_ok_and(|waiting| waiting.is_none()));
    }
}
