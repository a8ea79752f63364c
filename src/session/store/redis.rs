//! Copies in Redis, under `{prefix}:session:{hash}`.
//!
//! Whether a command goes over the worker's actor or over the pool is [`Redis`]'s business (its address decides); the
//! protocol is the same.

use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{FastCopy, Found, REMOVED, REMOVED_FOR};
use crate::redis::{Command, Error, Redis};
use crate::session::{Copy, KeyHash};

/// Stores `ARGV[2]` for `ARGV[3]` ms if `ARGV[1]` stands there; an empty `ARGV[1]` means nothing does.
const PUT: &str = "\
local stored = redis.call('GET', KEYS[1]) or '' \
if stored == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end \
return 0";

/// Stores `ARGV[1]` for `ARGV[2]` ms in the place of each copy.
const REMOVE: &str = "\
for _, key in ipairs(KEYS) do redis.call('SET', key, ARGV[1], 'PX', ARGV[2]) end \
return 0";

/// See the module documentation.
#[derive(Clone, Debug)]
pub struct RedisStore(Redis);

impl RedisStore {
    /// Keeps copies in this Redis.
    #[must_use]
    pub fn new(redis: Redis) -> Self {
        Self(redis)
    }

    fn key(&self, hash: &KeyHash) -> String {
        self.0.key("session", hash.as_str())
    }

    async fn remove_all(&self, hashes: &[KeyHash]) -> Result<(), Error> {
        let count = u32::try_from(hashes.len()).unwrap_or(u32::MAX);
        let keys = hashes.iter().map(|hash| self.key(hash));
        let command = Command::new("EVAL").arg(REMOVE).int(count).args(keys);
        let removed = self.0.run(command.arg(REMOVED).int(millis(REMOVED_FOR))).await;
        if removed.is_err() {
            self.0.invalidate();
        }
        removed.map(drop)
    }
}

impl FastCopy for RedisStore {
    fn get<'a>(&'a self, hash: &'a KeyHash) -> BoxFuture<'a, Result<Found, Error>> {
        async move {
            let at = Instant::now();
            let mut trusted = self.0.read_trusted(&[&self.key(hash)]).await?;
            Ok(Found { hash: hash.clone(), epoch: trusted.epoch, stored: trusted.values.pop().flatten(), at })
        }
        .boxed()
    }

    fn put<'a>(&'a self, found: &'a Found, copy: Copy, ttl: Duration) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            if found.is_final() || ttl.is_zero() {
                return Ok(());
            }
            let command = Command::new("EVAL").arg(PUT).int(1).arg(self.key(&found.hash));
            let command = command.arg(found.stored.as_deref().unwrap_or_default());
            self.0.run(command.arg(copy.encode(&found.epoch)).int(millis(ttl).max(1))).await.map(drop)
        }
        .boxed()
    }

    fn remove<'a>(&'a self, hashes: &'a [KeyHash]) -> BoxFuture<'a, Result<(), Error>> {
        self.remove_all(hashes).boxed()
    }

    fn warm_up(&self) -> BoxFuture<'_, ()> {
        self.0.warm_up().boxed()
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
