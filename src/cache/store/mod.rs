//! Where stamps and shared pages are kept: in Redis, or in this process when there is no Redis.

mod memory;
mod redis;

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::future::BoxFuture;

pub use self::memory::MemoryStore;
pub use self::redis::RedisStore;
use super::topic::{Keys, Topic};

/// The store cannot be asked, or must not be believed, just now. Pages are rendered from the database then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unavailable(pub String);

/// What stands at a topic's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// A random value that nobody has used before: equal means that nothing was written in between.
    Current(Bytes),
    /// Somebody is about to commit a change: nothing is served and nothing is stored.
    Held,
}

/// Stamps as they were at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    /// The epoch of that moment. Entries of another epoch are not believed.
    pub epoch: Bytes,
    /// One for each topic that was asked for, in order.
    pub values: Vec<Stamp>,
}

/// The protocol's memory. A stamp that is lost costs a miss. A hold that is lost costs what it was there for, if its release is
/// lost as well: then the outbox tells.
pub trait Store: Send + Sync {
    /// The stamps of these topics, none of them older than this call. Those that are missing are set to a new value.
    fn read<'a>(&'a self, keys: &'a Keys) -> BoxFuture<'a, Result<Stamps, Unavailable>>;

    /// Marks topics as held by `holder` for at most `time`, beside whoever holds them already.
    fn hold<'a>(&'a self, topics: &'a Keys, holder: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unavailable>>;

    /// Takes `holder`'s mark away and gives each topic that nobody else holds a new stamp.
    fn renew<'a>(&'a self, topics: &'a Keys, holder: &'a str) -> BoxFuture<'a, Result<(), Unavailable>>;

    /// Something that should have been marked or renewed was not: from now on nothing that was kept before is believed
    /// by this process, nor by any other once a new epoch is set.
    fn distrust(&self);

    /// The shared copy of a page, sealed, by its name.
    fn page<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Unavailable>>;

    /// Shares a page, sealed, for `time`.
    fn keep_page<'a>(
        &'a self,
        name: &'a str,
        sealed: Vec<u8>,
        time: Duration,
    ) -> BoxFuture<'a, Result<(), Unavailable>>;

    /// Begins every key.
    fn prefix(&self) -> &str;

    /// Whether other processes see what is kept here.
    fn is_shared(&self) -> bool;
}

/// The keys of `topics` in `store`.
pub fn keys(store: &dyn Store, topics: impl IntoIterator<Item = Topic>) -> Keys {
    Keys::new(store.prefix(), topics)
}

/// 128 random bits, in letters.
fn random() -> String {
    format!("{:032x}", rand::random::<u128>())
}
