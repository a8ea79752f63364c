//! What fails: Redis for all, a line or a process of one instance, clocks. Browsers that hang up are there all the time ([`super::operations`]).

mod instances;
mod redis;
mod stamps;

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use telemedicine::integrations::Clock;

pub(super) use self::stamps::Stamps;
use super::site::Shared;
use crate::support::*;

/// Longer than a page waits for Redis.
const SILENCE: Duration = Duration::from_millis(700);
/// Between two outages: long enough for every process to have found Redis again, and for quiet after that.
const QUIET: Duration = Duration::from_millis(3_800);
/// How many faults a short run has.
const LEAST: usize = 8;
/// From one kind of fault to the next: no part in common with their number, so that a short run has some of each sort, and a long one all.
const STEP: usize = 7;

/// What faults happen to.
pub(super) struct Struck {
    redis: RedisServer,
    shared: Arc<Shared>,
    clock: Clock,
    /// Of the keys of the instances.
    prefix: String,
}

type Fault = (&'static str, fn(&mut Struck));

impl Struck {
    pub(super) fn new(redis: RedisServer, shared: &Arc<Shared>, app: &TestApp) -> Self {
        let prefix = app.variables()["CACHE_KEY_PREFIX"].clone();
        Self { redis, shared: Arc::clone(shared), clock: app.clock.clone(), prefix }
    }

    /// Something happened that must not.
    fn violation(&self, what: String) {
        self.shared.ledger.violation(what);
    }
}

/// One after the other, again and again, for that long, beginning with any of them. Says which there were, and gives back whatever has come of
/// Redis: it goes on as long as it is held.
pub(super) async fn go_on_for(mut struck: Struck, time: Duration) -> (Struck, String) {
    let (start, kinds) = (Instant::now(), [redis::KINDS, instances::KINDS].concat());
    let first: usize = rand::random_range(0..kinds.len());
    let mut faults: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0;
    while start.elapsed() < time || count < LEAST {
        quiet(&struck).await;
        let (name, fault) = kinds[(first + count * STEP) % kinds.len()];
        let strike = tokio::task::spawn_blocking(move || {
            fault(&mut struck);
            struck
        });
        struck = strike.await.unwrap_or_else(|error| panic!("{name}: {error}"));
        *faults.entry(name).or_default() += 1;
        count += 1;
    }
    quiet(&struck).await;
    let each: Vec<String> = faults.iter().map(|(name, count)| format!("{count} {name}")).collect();
    (struck, format!("{count} faults ({})", each.join(", ")))
}

/// Redis answers all the time, and half of the times forgets everything: no excuse for anybody. After that writers wait for as long as leases of
/// before may go on, and listeners begin anew, so it must not be too often for anything to be kept.
async fn quiet(struck: &Struck) {
    tokio::time::sleep(QUIET / 2).await;
    struck.clock.set(super::present());
    if rand::random() {
        assert_eq!(struck.redis.command("FLUSHALL"), "+OK");
    }
    tokio::time::sleep(QUIET / 2).await;
}

#[test]
fn every_kind_of_fault_has_its_turn() {
    let kinds = redis::KINDS.len() + instances::KINDS.len();
    let turns: std::collections::BTreeSet<usize> = (0..kinds).map(|count| count * STEP % kinds).collect();
    assert_eq!(turns.len(), kinds, "the step has a part in common with their number");
}
