//! No page is stale: the response cache under each kind of write, under the clock, under random walks and under hammering, the
//! latter two on several instances.
//!
//! - [`pages`]: each kind of write there is and each moment at which pages change by the clock alone, one after the other. All
//!   pages are warm before, and compared with what is rendered after. `tests/mutation.sh` shows that nothing of what the
//!   code says about the cache can be left out unnoticed.
//! - [`walk`]: random acts by random people, with the clock moving. After each act the pages of everyone concerned are
//!   fetched from all instances and compared, byte for byte, with what an instance without a cache renders.
//! - [`hammer`]: writers and readers at once, with what they stand on failing in between. No reader sees less than was acknowledged
//!   before they asked.
//! - [`replicas`]: a standby that answers reads, falls behind, dies, is promoted.
//! - [`instances`] and [`listener`]: what becomes of processes that end, die and come back, and of subscriptions that fail.
//!
//! On Postgres and Redis there are two instances with caches, or more; on SQLite, with what is kept in the process, one.
//!
//! # Longer
//!
//! The environment says how long, for the tests alone; the server reads none of these:
//!
//! | Variable | Meaning | Default |
//! |---|---|---|
//! | `WALK_CASES` | walks, each in a clinic of its own | 5 |
//! | `WALK_STEPS` | most acts of a walk | 20 |
//! | `WALK_SEED` | the seed of the walks: the one that a failure named | another each time |
//! | `WALK_INSTANCES` | instances with caches on Postgres and Redis | 2 |
//! | `HAMMER_SECONDS` | how long is hammered | 20 |
//! | `HAMMER_INSTANCES` | instances on Postgres and Redis, every second a process by itself | 2 |
//!
//! About ten minutes of each:
//!
//! ```sh
//! WALK_CASES=60 WALK_STEPS=40 cargo test --test coherence walk -- --nocapture
//! HAMMER_SECONDS=600 cargo test --test coherence hammer -- --nocapture
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should fail on the spot, with the line"
)]

mod hammer;
mod instances;
mod line;
mod listener;
mod pages;
#[path = "../web/support/ports.rs"]
mod ports;
mod replicas;
#[path = "../web/support/mod.rs"]
mod support;
mod walk;

/// A number from the environment.
fn number<N: std::str::FromStr>(name: &str) -> Option<N> {
    let text = support::variable(name)?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}, not a number")))
}
