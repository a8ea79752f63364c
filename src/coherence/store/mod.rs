//! Where the state of topics is kept: in Redis, with a copy in this process for as long as its lease goes; or in this
//! process alone when there is no Redis.

mod memory;
pub mod redis;

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::sync::broadcast;

pub use self::memory::MemoryStore;
pub use self::redis::RedisStore;
use super::membership::Membership;
use super::stamp::{Basis, Stamps};
use super::topic::Topic;

/// The store cannot be asked, or must not be believed, just now. Pages are rendered from the database then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// Something that was written by any process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The topic has another stamp now.
    Of(Topic),
    /// What changed in the meantime is not known: a message was lost, or the server is another one.
    Unknown,
}

/// What is known of a hold when it is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It was said once, and everybody has heard of it: if it still stands, nobody can have believed anything since.
    Certain,
    /// It was never said, or it may have been said twice. What stands then may be the second, put back after the first was lost:
    /// somebody may have set a stamp in between.
    Doubtful,
}

/// Who holds topics, and what is known of the hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldBy<'a> {
    /// The holder's name, one for each unit of work.
    pub holder: &'a str,
    /// Whether the hold can have been said twice.
    pub certainty: Certainty,
}

/// The protocol's memory. A stamp that is lost costs a miss. A hold that is lost is noticed by its writer when it is released.
pub trait Store: Send + Sync {
    /// Whether what was made from `basis` would be made from the same now, answered from this process's memory; `false` if
    /// that is not known here.
    fn vouches_for(&self, basis: &Basis) -> bool;

    /// The stamps of these topics from this process's memory, if all of them are known there and may be believed.
    fn cached(&self, topics: &[Topic]) -> Option<Stamps>;

    /// Since when, by the boot clock, this process has known all of these topics to have the stamps of `basis`: what was committed before
    /// them was committed before that moment. `None` if that is not known here. For whoever reads what may be behind
    /// ([`super::ReadSet::known_since`]).
    fn known_since(&self, _basis: &Basis) -> Option<Duration> {
        None
    }

    /// The stamps of these topics, none of them older than this call. Those that are missing are set to a new value.
    fn ask<'a>(&'a self, topics: &'a [Topic]) -> BoxFuture<'a, Result<Stamps, Unavailable>>;

    /// Marks topics as held by `holder` for at most `time`, beside whoever holds them already, and returns when no process
    /// believes any more what the COMMIT will overtake.
    fn hold<'a>(
        &'a self,
        topics: &'a [Topic],
        holder: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<Certainty, Unavailable>>;

    /// Takes the holder's mark away, gives each topic that nobody else holds a new stamp, and returns when the writer may be
    /// answered: at once if the mark was still there, else when every process has heard of the new stamp or believes nothing.
    fn renew<'a>(&'a self, topics: &'a [Topic], held: HeldBy<'a>) -> BoxFuture<'a, Result<(), Unavailable>>;

    /// What is known of the processes that share the store, and whether it may be believed; `None` where there is but one.
    fn membership(&self) -> Option<&Arc<Membership>>;

    /// Whether it answers.
    fn is_reachable(&self) -> BoxFuture<'_, bool> {
        Box::pin(std::future::ready(true))
    }

    /// Takes a process out of the registry that can write nothing any more.
    fn strike_off<'a>(&'a self, _process: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Takes this process out of the registry.
    fn leave(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    /// Whether what any process changes comes to the ears of this one, be it by the outbox.
    fn hears(&self) -> bool {
        true
    }

    /// Tells this process of changes that were found in the outbox and cannot be told to the store just now.
    fn announce(&self, _topics: &[Topic]) {}

    /// Every change from now on, of any process. A receiver that falls behind is told so by the channel.
    fn changes(&self) -> broadcast::Receiver<Change>;
}

/// The stamps of `topics`: from memory if that may be believed, else asked for.
///
/// # Errors
/// [`Unavailable`].
pub async fn stamps(store: &dyn Store, topics: &[Topic]) -> Result<Stamps, Unavailable> {
    match store.cached(topics) {
        Some(stamps) => Ok(stamps),
        None => store.ask(topics).await,
    }
}
