//! Which instance does a job that one is enough for.
//!
//! Whoever holds the lease leads: a key with a life, set only where there is none, renewed four times within its life
//! and taken out when its holder stops. A leader that died is followed within one lease; so is one whose turn has gone on
//! for so long that it must be stuck, and one whose task is waiting to be started again, for neither renews.
//!
//! This is no lock. A leader that was suspended finds out only afterwards that another has taken its place, so jobs must
//! bear being done by two at once, and are: then it does not matter either that with Redis away everybody leads.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::condition::gauge;
use crate::redis::{Command, Error, Redis};

/// KEYS: the lease. ARGV: this process, the life in milliseconds. -1: it is ours now. Else how long another's has left. One
/// that would never run out, which nobody here has set, is taken.
const CLAIM: &str = "local left = redis.call('PTTL', KEYS[1])
if left >= 0 and redis.call('GET', KEYS[1]) ~= ARGV[1] then return left end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return -1";
const RELEASE: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0";

/// A lease is renewed this often within its life.
const RENEWALS: u32 = 4;
/// A turn that takes longer than so many leases is stuck.
const STUCK: u32 = 15;

/// The lease of one job, as one process sees it.
pub(super) struct Lease {
    redis: Option<Redis>,
    job: &'static str,
    key: String,
    process: String,
    life: Duration,
    state: Mutex<LeaseState>,
}

#[derive(Default)]
struct LeaseState {
    is_held: bool,
    busy_since: Option<Instant>,
}

/// Whose the job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// Ours, or it cannot be told whose.
    Ours,
    /// Another's, for at least so long.
    Theirs(Duration),
}

impl Lease {
    pub(super) fn new(redis: Option<Redis>, (job, process): (&'static str, &str), life: Duration) -> Self {
        let key = redis.as_ref().map_or_else(String::new, |redis| redis.key("leader", job));
        Self { redis, job, key, process: process.to_owned(), life, state: Mutex::default() }
    }

    /// The task begins, or begins again: what it held before is not renewed until it is claimed once more.
    pub(super) fn reset(&self) {
        *self.state() = LeaseState::default();
    }

    /// Takes or renews it, unless another process has it.
    pub(super) async fn claim(&self) -> Claim {
        let Some(redis) = &self.redis else { return Claim::Ours };
        let life = i128::try_from(self.life.as_millis()).unwrap_or(i128::MAX);
        let claim = match self.eval(redis, CLAIM, &[life]).await {
            Ok(left) => u64::try_from(left).map_or(Claim::Ours, |left| Claim::Theirs(Duration::from_millis(left))),
            Err(error) => {
                log::debug!("nobody can tell who leads {}: {error}", self.job);
                Claim::Ours
            }
        };
        self.state().is_held = claim == Claim::Ours;
        if let Some(leads) = gauge("background_leads", "Whether this instance does the job of this name") {
            leads.with_label_values(&[self.job]).set(i64::from(claim == Claim::Ours));
        }
        claim
    }

    /// Renews it for ever, as long as it is held and the turn is not stuck.
    pub(super) async fn renew_forever(&self) {
        loop {
            tokio::time::sleep(self.life / RENEWALS).await;
            if self.is_to_be_renewed() {
                self.claim().await;
            }
        }
    }

    /// Gives it back, so that another need not wait for its end.
    pub(super) async fn release(&self) {
        let Some(redis) = self.redis.as_ref().filter(|_| self.state().is_held) else { return };
        self.state().is_held = false;
        if let Err(error) = self.eval(redis, RELEASE, &[]).await {
            log::debug!("the lease of {} runs out by itself: {error}", self.job);
        }
    }

    /// Notes whether a turn is under way.
    pub(super) fn busy(&self, is_busy: bool) {
        self.state().busy_since = is_busy.then(Instant::now);
    }

    fn is_to_be_renewed(&self) -> bool {
        let state = self.state();
        state.is_held && state.busy_since.is_none_or(|since| since.elapsed() < self.life * STUCK)
    }

    async fn eval(&self, redis: &Redis, script: &str, numbers: &[i128]) -> Result<i64, Error> {
        let call = Command::new("EVAL").arg(script).int(1).arg(&self.key).arg(&self.process);
        let call = numbers.iter().fold(call, |call, number| call.int(*number));
        redis.run_pooled(call).await?.into_int()
    }

    fn state(&self) -> MutexGuard<'_, LeaseState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
