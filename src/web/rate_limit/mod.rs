//! How often somebody may try: a sliding window over failed tries, in this process and shared by all instances through Redis.
//!
//! A try is counted when it begins ([`RateLimiter::attempt`]) and given back when it succeeds ([`Attempt::succeeded`]), so that a
//! thousand tries sent at once do not all pass before the first has failed, and a try that ends in an error counts as failed.
//!
//! # Rules
//! Nobody is locked out by a stranger, so what a stranger can fill delays and does not refuse.
//! - **A browser that is known** for the account, because somebody signed in with it before: 10 tries in 15 minutes that wait for nobody. Beyond
//!   that it is a browser like any other.
//! - **One account from everywhere**: beyond 10 tries in 15 minutes they are judged one after the other, with a pause between two that is
//!   shared by all and grows from 1 to 8 seconds ([`Key`], `lanes`). Whoever has not tried from their place goes
//!   first, and of IPv6 not from their network (a /48), which has more places than anybody can try from.
//! - **One address** (an IPv6 /64 is one): the same beyond 50 tries in 15 minutes over all accounts. Successes do not count.
//! - Whoever would wait for longer than 8 seconds is told to come again: 429 with `Retry-After`. So no connections are held by it.
//! - **Codes of an app**, after a right password or to prove once more who one is, are refused beyond 10 in 15 minutes from one address and 20 in an hour for one account: of a
//!   million codes three are right at a time. A browser that is known for the account has 10 of its own, so that whoever has the password does
//!   not keep its owner out. **Recovery codes**, which nobody guesses, are delayed as passwords are, whatever became of the others.
//! - **What is written again and again**: per person 60 saves of drafts, 30 messages and 120 read marks in a minute, 30 documents, 30 invitations of
//!   guests and 10 addresses of their calendar in an hour. What was typed is shown again with the refusal.
//! - **Signing up**: 20 tries in an hour per address.
//! - **Taking away everything about oneself**: 5 times in an hour.
//! - **Links for a forgotten password**: 30 in an hour per address, refused beyond; 5 in half an hour and 12 in a day to one mailbox,
//!   beyond which none is sent and nobody is told.
//! - **Links to a new address**: 6 in a day per person.
//! - **Pages that are made for whoever is not signed in**: 600 at hand per address, ten more each second ([`Budget`]). Those of the way in are not
//!   counted; between its two steps it is each sign-in that has so many.
//!
//! Behind the windows, each password is compared when it is its place's turn ([`Turns`]).
//!
//! # Where they are counted
//! Always in this process, in memory that no page can take. Redis adds what the other instances have seen; it evicts what it likes when pages fill
//! it (eviction is the server's, another database of it makes no difference), so what it has forgotten forgives nothing here. The
//! table would have to be written at each try, which is what a flood of tries should not be able to ask of the database. So a Redis that is
//! away, flushed or filled up allows at most the number of instances times as many tries.

mod budget;
mod figures;
mod key;
mod lanes;
mod memory;
mod redis;
mod turns;

use std::time::Duration;

use crate::db::FURTHEST_APART;
use crate::integrations::clock::Clock;
use crate::redis::Redis;

pub use self::budget::Budget;
pub use self::key::Key;
pub(super) use self::key::place;
use self::lanes::Lanes;
use self::memory::MemoryWindows;
pub use self::turns::{ClientNetwork, Full, QueueTurn, Turns};

/// So far ahead, in milliseconds, a try may be of the clock by which the next is judged: another instance's may be so. What is further ahead
/// was noted before the clock was set back, and counts no more.
const AHEAD: i64 = FURTHEST_APART.num_milliseconds();

/// Counts tries. Cheap to clone; one per process.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    redis: Option<Redis>,
    memory: MemoryWindows,
    lanes: Lanes,
    clock: Clock,
}

/// Too many tries; the next may succeed after this long. Always at least a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many tries, the next in {} s", .0.as_secs())]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    fn millis(millis: i64) -> Self {
        let seconds = u64::try_from(millis).unwrap_or_default().div_ceil(1000).max(1);
        Self(Duration::from_secs(seconds))
    }

    fn rounded(wait: Duration) -> Self {
        Self::millis(i64::try_from(wait.as_millis()).unwrap_or(i64::MAX))
    }

    /// For the header `Retry-After`: whole seconds, ≥ 1.
    #[must_use]
    pub fn seconds(&self) -> u64 {
        self.0.as_secs()
    }
}

/// A try that was let in. It counts as failed unless [`Self::succeeded`] is called.
#[derive(Debug)]
#[must_use = "a try that is not said to have succeeded counts as failed"]
pub struct Attempt {
    limiter: RateLimiter,
    keys: Vec<Key>,
    id: String,
}

/// The answer of the windows to one try.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Decision {
    /// Counted. How many there were before in each window.
    Admitted(Vec<u32>),
    /// Not counted. Milliseconds until the oldest try leaves the full window.
    Refused { wait: i64 },
}

impl RateLimiter {
    /// Counts in this process, and in `redis` for the others.
    #[must_use]
    pub fn new(redis: Option<Redis>, clock: Clock) -> Self {
        figures::show();
        Self { redis, memory: MemoryWindows::default(), lanes: Lanes::default(), clock }
    }

    /// Lets a try in and counts it as failed, at once or in its turn; or refuses it without counting.
    ///
    /// # Errors
    /// How long to wait, when a window is full or too many wait.
    pub async fn attempt(&self, keys: &[Key]) -> Result<Attempt, RetryAfter> {
        let attempt =
            Attempt { limiter: self.clone(), keys: keys.to_vec(), id: format!("{:032x}", rand::random::<u128>()) };
        let before = match self.decide(keys, &attempt.id).await {
            Decision::Refused { wait } => {
                figures::count(keys, "refused");
                return Err(RetryAfter::millis(wait));
            }
            Decision::Admitted(before) => before,
        };
        let least = least(keys, &before);
        for (key, tries) in keys.iter().zip(&before) {
            let Some(pause) = key.pause(*tries) else { continue };
            if let Err(wait) = self.lanes.pass(&key.name, least, pause).await {
                figures::count(keys, "refused");
                attempt.refused().await;
                return Err(wait);
            }
        }
        figures::count(keys, "tried");
        Ok(attempt)
    }

    /// Forgets the tries of these windows: whoever made them has shown otherwise that they may.
    pub async fn forgive(&self, keys: &[Key]) {
        self.memory.forgive(keys);
        if let Some(redis) = &self.redis
            && let Err(error) = redis::forgive(redis, keys).await
        {
            log::debug!("tries stay counted: {error}");
        }
    }

    async fn decide(&self, keys: &[Key], id: &str) -> Decision {
        let now = self.clock.now().timestamp_millis();
        let here = match self.memory.attempt(keys, id, now) {
            Decision::Admitted(here) => here,
            refused @ Decision::Refused { .. } => return refused,
        };
        let Some(redis) = &self.redis else { return Decision::Admitted(here) };
        match redis::attempt(redis, keys, id, now).await {
            Ok(Decision::Admitted(everywhere)) => {
                Decision::Admitted(here.into_iter().zip(everywhere).map(|(here, all)| here.max(all)).collect())
            }
            Ok(refused @ Decision::Refused { .. }) => {
                self.memory.give_back(keys, id);
                refused
            }
            Err(error) => {
                log::debug!("tries are counted in this process: {error}");
                Decision::Admitted(here)
            }
        }
    }
}

/// How often the same have tried, who wait with others: at this account from this place or its network, where that is counted.
fn least(keys: &[Key], before: &[u32]) -> u32 {
    let tries = || keys.iter().zip(before.iter().copied());
    let same = tries().filter(|(key, _)| !key.has_consequences()).map(|(_, tries)| tries).max();
    same.or_else(|| tries().map(|(_, tries)| tries).min()).unwrap_or_default()
}

impl Attempt {
    /// The try was a good one and is not counted.
    pub async fn succeeded(self) {
        figures::count(&self.keys, "succeeded");
        self.give_back().await;
    }

    /// It was not judged: counted, it would make the pause of others longer for nothing. That somebody has knocked counts: whoever has not goes
    /// before them.
    async fn refused(mut self) {
        self.keys.retain(Key::has_consequences);
        self.give_back().await;
    }

    async fn give_back(self) {
        self.limiter.memory.give_back(&self.keys, &self.id);
        if let Some(redis) = &self.limiter.redis
            && let Err(error) = redis::give_back(redis, &self.keys, &self.id).await
        {
            log::debug!("a good try stays counted: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_from_one_subnet_after_the_other_has_tried_before() {
        let limiter = RateLimiter::new(
            None,
            Clock::fixed(chrono::DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default()),
        );
        let before = async |address: String| {
            let address = address.parse().unwrap_or(std::net::IpAddr::from([0, 0, 0, 0]));
            let keys = Key::sign_in("asha@clinic.test", address);
            match limiter.decide(&keys, &address.to_string()).await {
                Decision::Admitted(before) => least(&keys, &before),
                Decision::Refused { .. } => u32::MAX,
            }
        };
        for subnet in 0..20 {
            assert_eq!(before(format!("2001:db8:1:{subnet:x}::1")).await, subnet);
        }
        assert_eq!(before("2001:db8:2:1::1".to_owned()).await, 0);
        assert_eq!(before("203.0.113.1".to_owned()).await, 0);
    }

    #[test]
    fn a_wait_is_whole_seconds_and_never_none() {
        assert_eq!(RetryAfter::millis(0).seconds(), 1);
        assert_eq!(RetryAfter::millis(1001).seconds(), 2);
    }
}
