//! The fast copy of sessions: one trait, kept in Redis (over the worker's actor or over the pool) or in this process.

mod memory;
mod redis;

use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use futures_util::future::BoxFuture;

pub use self::memory::MemoryStore;
pub use self::redis::RedisStore;
use super::{Copy, KeyHash};
use crate::redis::Error;

/// How long a removed session cannot be put back: longer than any request that read its row before it was revoked.
const REMOVED_FOR: Duration = Duration::from_secs(600);
/// What stands in the place of a removed copy meanwhile.
const REMOVED: &[u8] = b"-";

/// What a store holds for one session at one moment.
#[derive(Clone, Debug)]
pub struct Found {
    /// Of which session.
    pub(super) hash: KeyHash,
    /// Under which copies are believed now.
    pub(super) epoch: String,
    /// What stands there, believed or not.
    pub(super) stored: Option<Bytes>,
    /// When it was looked up.
    pub(super) at: Instant,
}

impl Found {
    /// The copy, if there is one that may be believed.
    #[must_use]
    pub fn copy(&self) -> Option<Copy> {
        Copy::decode(self.stored.as_deref()?, &self.epoch)
    }

    /// Whether what was read from the row may not be put there: it was removed, or so long ago that the mark of a removal
    /// since then may be gone again.
    fn is_final(&self) -> bool {
        self.stored.as_deref() == Some(REMOVED) || self.at.elapsed() > REMOVED_FOR / 2
    }
}

/// Fast copies of sessions by the hash of their keys. Losing any of them, at any time, loses nothing: the rows are there.
///
/// The order `get`, read the row, `put` never brings a revoked session back: `put` stores only if nothing has changed
/// since that `get`, and a `remove` in between is such a change.
pub trait FastCopy: Send + Sync {
    /// What is stored now, and the epoch.
    fn get<'a>(&'a self, hash: &'a KeyHash) -> BoxFuture<'a, Result<Found, Error>>;

    /// Stores `copy` for `ttl` under the epoch in `found`, unless something else stands there than was found.
    fn put<'a>(&'a self, found: &'a Found, copy: Copy, ttl: Duration) -> BoxFuture<'a, Result<(), Error>>;

    /// Removes copies, for good. On an error the store has seen to it that no copy is believed until it was checked.
    fn remove<'a>(&'a self, hashes: &'a [KeyHash]) -> BoxFuture<'a, Result<(), Error>>;

    /// Makes ready what the current worker needs, e.g. its connection.
    fn warm_up(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
