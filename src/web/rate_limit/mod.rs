//! How often somebody may try: a sliding window over failed tries, shared by all instances through Redis.
//!
//! A try is counted when it begins ([`RateLimiter::attempt`]) and given back when it succeeds ([`Attempt::succeeded`]), so that a
//! thousand tries sent at once do not all pass before the first has failed, and a try that ends in an error counts as failed.
//!
//! # Rules
//! - **One account from one address**: 10 tries in 15 minutes. Keyed by both, so that a stranger elsewhere cannot lock the
//!   owner of an account out.
//! - **One address** (an IPv6 /64 is one): 50 tries in 15 minutes over all accounts. Successes do not count, so a
//!   hospital behind one address is not held up by its own people's signing in.
//! - **One account from everywhere**: beyond 100 tries in 15 minutes each further one waits for [`SLOW`] before its password is looked
//!   at, wherever it comes from, its owner's included. It is never refused for that.
//! - **Codes of an app**, after a right password: 10 tries in 15 minutes from one address, 20 in an hour for one account: of a million codes
//!   three are right at a time. **Recovery codes**, which nobody guesses: 10 in 15 minutes from one address, whatever became of the others.
//! - **Signing up**: 20 tries in an hour per address.
//! - **Links for a forgotten password**: 30 in an hour per address, refused beyond; 5 in half an hour to one mailbox, beyond which
//!   none is sent and nobody is told.
//!
//! # Without Redis
//! Without `REDIS_URL`, or when Redis does not answer within a page's patience, the windows of this process decide
//! (`memory`). Nothing fails, and an outage allows at most the number of instances times as many tries.

mod memory;
mod redis;

use std::net::IpAddr;
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::integrations::clock::Clock;
use crate::redis::Redis;

use self::memory::MemoryWindows;

/// What a try waits when its account has had too many from everywhere.
pub const SLOW: Duration = Duration::from_secs(2);

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HALF_HOUR: Duration = Duration::from_secs(30 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// Counts tries. Cheap to clone; one per process.
#[derive(Clone, Debug)]
pub struct RateLimiter {
    redis: Option<Redis>,
    memory: MemoryWindows,
    clock: Clock,
}

/// Something that is tried, by whom: how it is counted and what follows from too much of it. Holds no e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    name: String,
    limit: u32,
    window: Duration,
    excess: Excess,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Excess {
    Refuse,
    Slow,
}

impl Key {
    /// The three windows of a try to sign in as `email` (in any case) from `address`.
    #[must_use]
    pub fn sign_in(email: &str, address: IpAddr) -> [Self; 3] {
        let account = digest(&email.trim().to_lowercase());
        let place = place(address);
        [
            Self::refusing(format!("sign-in:pair:{account}:{place}"), 10, QUARTER),
            Self::refusing(format!("sign-in:address:{place}"), 50, QUARTER),
            Self { name: format!("sign-in:account:{account}"), limit: 100, window: QUARTER, excess: Excess::Slow },
        ]
    }

    /// The window of a try to sign up from `address`.
    #[must_use]
    pub fn sign_up(address: IpAddr) -> [Self; 1] {
        [Self::refusing(format!("sign-up:address:{}", place(address)), 20, HOUR)]
    }

    /// The window of a signed-in person's tries to give their current password.
    #[must_use]
    pub fn password(user_id: i64) -> [Self; 1] {
        [Self::refusing(format!("password:user:{user_id}"), 10, QUARTER)]
    }

    /// The windows of a code of an app, given from `address` for an account whose password was right: the place's, then the account's.
    #[must_use]
    pub fn second_factor(user_id: i64, address: IpAddr) -> [Self; 2] {
        [
            Self::refusing(format!("second-factor:pair:{user_id}:{}", place(address)), 10, QUARTER),
            Self::refusing(format!("second-factor:account:{user_id}"), 20, HOUR),
        ]
    }

    /// The window of a recovery code.
    #[must_use]
    pub fn recovery_code(user_id: i64, address: IpAddr) -> Self {
        Self::refusing(format!("recovery-code:pair:{user_id}:{}", place(address)), 10, QUARTER)
    }

    /// The windows of a request, from `address`, to send a link to `email`: the place's, then the mailbox's. The second is as
    /// long as a link works, so a stranger who fills it leaves the owner with links that do.
    #[must_use]
    pub fn password_reset(email: &str, address: IpAddr) -> [Self; 2] {
        let account = digest(&email.trim().to_lowercase());
        [
            Self::refusing(format!("password-reset:address:{}", place(address)), 30, HOUR),
            Self::refusing(format!("password-reset:account:{account}"), 5, HALF_HOUR),
        ]
    }

    fn refusing(name: String, limit: u32, window: Duration) -> Self {
        Self { name, limit, window, excess: Excess::Refuse }
    }

    fn window_millis(&self) -> i64 {
        i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX)
    }
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Counted. `slow`: some window of the slowing kind is full.
    Admitted { slow: bool },
    /// Not counted. Milliseconds until the oldest try leaves the full window.
    Refused { wait: i64 },
}

impl RateLimiter {
    /// Counts in `redis`, or in this process without it.
    #[must_use]
    pub fn new(redis: Option<Redis>, clock: Clock) -> Self {
        Self { redis, memory: MemoryWindows::default(), clock }
    }

    /// Lets a try in and counts it as failed, or refuses it without counting. May take [`SLOW`].
    ///
    /// # Errors
    /// How long to wait, when a window is full.
    pub async fn attempt(&self, keys: &[Key]) -> Result<Attempt, RetryAfter> {
        let id = format!("{:032x}", rand::random::<u128>());
        match self.decide(keys, &id).await {
            Decision::Refused { wait } => Err(RetryAfter::millis(wait)),
            Decision::Admitted { slow } => {
                if slow {
                    log::warn!("more failed tries to sign in to one account than a person makes; tries at it wait");
                    tokio::time::sleep(SLOW).await;
                }
                Ok(Attempt { limiter: self.clone(), keys: keys.to_vec(), id })
            }
        }
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
        if let Some(redis) = &self.redis {
            match redis::attempt(redis, keys, id, now).await {
                Ok(decision) => return decision,
                Err(error) => log::debug!("tries are counted in this process: {error}"),
            }
        }
        self.memory.attempt(keys, id, now)
    }
}

impl Attempt {
    /// The try was a good one and is not counted.
    pub async fn succeeded(self) {
        self.limiter.memory.give_back(&self.keys, &self.id);
        if let Some(redis) = &self.limiter.redis
            && let Err(error) = redis::give_back(redis, &self.keys, &self.id).await
        {
            log::debug!("a good try stays counted: {error}");
        }
    }
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// One household or machine has a /64 of IPv6 to choose addresses from.
fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("{:x}", address.to_bits() >> 64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_name_no_person_and_join_what_belongs_together() {
        let at = |address: &str| address.parse().unwrap_or(IpAddr::from([0, 0, 0, 0]));
        let keys = Key::sign_in("Asha@Clinic.test ", at("2001:db8::1"));
        assert_eq!(keys, Key::sign_in("asha@clinic.test", at("2001:db8::2")), "case, and the same /64");
        assert_ne!(keys, Key::sign_in("asha@clinic.test", at("2001:db8:0:1::1")));
        assert_eq!(Key::sign_up(at("::ffff:192.0.2.1")), Key::sign_up(at("192.0.2.1")));
        assert!(keys.iter().all(|key| !key.name.contains("sha@")));
    }

    #[test]
    fn a_wait_is_whole_seconds_and_never_none() {
        assert_eq!(RetryAfter::millis(0).seconds(), 1);
        assert_eq!(RetryAfter::millis(1001).seconds(), 2);
    }
}
