//! Random walks: what people may do, in any order, and after each act every page of everyone concerned.
//!
//! The clinic of a walk has two hospitals in different zones. The first instance renders each page again before it serves it
//! from its cache (`CACHE_VERIFY`), so its own oracle speaks; the others serve the bytes as in production. Because both
//! oracles would share a fault of the code that renders, all pages are also compared with those of an instance
//! that keeps nothing.
//!
//! On some walks Redis fails as well, or what is between it and an instance ([`faults`]).
//!
//! A walk that fails is shrunk to few acts, and printed with its seed.

mod acts;
mod addresses;
mod booking;
mod clinic;
mod faults;
mod making;
mod management;
mod pages;
mod perform;
mod rooms;

use std::cell::Cell;

use proptest::{
    collection::vec,
    prelude::{BoxedStrategy, Strategy as _},
    test_runner::{Config, RngSeed, TestCaseError, TestRunner},
};

pub(crate) use self::pages::{masked, same};
use self::{
    acts::{Act, act, act_or_fault},
    clinic::Walk,
    faults::Struck,
    pages::Tally,
};
use crate::{number, support::uses_postgres};

/// Where a walk begins, and what happens on it.
#[derive(Clone, Debug)]
struct Path {
    /// Which of [`clinic::BEGINNINGS`].
    beginning: usize,
    acts: Vec<Act>,
}

#[test]
fn no_page_is_ever_stale() {
    let total = go_ways(act().boxed(), 5, async || None);
    total.assert_that_the_cache_was_used();
}

/// The same while Redis fails, or what is between it and an instance.
#[test]
fn nor_while_redis_fails() {
    if !uses_postgres() {
        // An instance alone, without Redis.
        return;
    }
    let total = go_ways(act_or_fault().boxed(), 2, async || Struck::begin(clinic::instances()).await);
    total.assert_that_something_was_kept();
}

/// Goes as many ways as `WALK_CASES` says, `usual` ones if it says nothing, each of which begins with what may fail on it.
fn go_ways(acts: BoxedStrategy<Act>, usual: u32, begin: impl AsyncFn() -> Option<Struck>) -> Tally {
    let cases = number("WALK_CASES").unwrap_or(usual);
    let steps: usize = number("WALK_STEPS").unwrap_or(20);
    let seed: u64 = number("WALK_SEED").unwrap_or_else(rand::random);
    let mut runner = TestRunner::new(Config {
        cases,
        rng_seed: RngSeed::Fixed(seed),
        failure_persistence: None,
        max_shrink_iters: 60,
        max_shrink_time: 120_000,
        ..Config::default()
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let paths =
        (0..clinic::BEGINNINGS.len(), vec(acts, 1..=steps)).prop_map(|(beginning, acts)| Path { beginning, acts });
    let total = Cell::new(Tally::default());
    let ended = runner.run(&paths, |path| {
        let tally = runtime.block_on(async { go(&path, begin().await).await }).map_err(TestCaseError::fail)?;
        total.set(total.get() + tally);
        Ok(())
    });
    let total = total.get();
    println!("walked with WALK_SEED={seed} WALK_CASES={cases} WALK_STEPS={steps}: {total}");
    if let Err(failure) = ended {
        panic!("again with WALK_SEED={seed} WALK_CASES={cases} WALK_STEPS={steps}\n{failure}");
    }
    total
}

/// Goes that way. The error says which page was not what it should be.
async fn go(path: &Path, struck: Option<Struck>) -> Result<Tally, String> {
    let mut walk = Walk::begin(path.beginning, struck).await;
    let mut tally = walk.check(&walk.everybody()).await.map_err(|what| format!("before the first act: {what}"))?;
    for (number, act) in path.acts.iter().enumerate() {
        tally = tally + walk.perform(act).await.map_err(|what| format!("act {number}, {act:?}: {what}"))?;
    }
    tally = tally + walk.check(&walk.everybody()).await.map_err(|what| format!("at the end: {what}"))?;
    tally.walks += 1;
    tally.acts += u64::try_from(path.acts.len()).unwrap_or_default();
    Ok(tally)
}
