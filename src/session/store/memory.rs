//! Copies in this process, for a server without Redis. Never fails; its epoch never changes, for it forgets everything
//! when the process ends.

use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use moka::Expiry;
use moka::future::Cache;
use moka::ops::compute::Op;

use super::{FastCopy, Found, REMOVED, REMOVED_FOR};
use crate::redis::Error;
use crate::session::{Copy, KeyHash};

/// Most sessions kept; beyond them those not used are read from their rows.
const CAPACITY: u64 = 100_000;
const EPOCH: &str = "process";

/// See the module documentation. Clones share their copies.
#[derive(Clone, Debug)]
pub struct MemoryStore(Cache<KeyHash, Stored>);

#[derive(Clone, Debug)]
struct Stored {
    bytes: Bytes,
    ttl: Duration,
}

/// Each copy lives as long as it says.
struct OwnLifetime;

impl Expiry<KeyHash, Stored> for OwnLifetime {
    fn expire_after_create(&self, _: &KeyHash, stored: &Stored, _: Instant) -> Option<Duration> {
        Some(stored.ttl)
    }

    fn expire_after_update(&self, _: &KeyHash, stored: &Stored, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(stored.ttl)
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(CAPACITY).expire_after(OwnLifetime).build())
    }
}

impl FastCopy for MemoryStore {
    fn get<'a>(&'a self, hash: &'a KeyHash) -> BoxFuture<'a, Result<Found, Error>> {
        async move {
            let at = Instant::now();
            let stored = self.0.get(hash).await.map(|stored| stored.bytes);
            Ok(Found { hash: hash.clone(), epoch: EPOCH.to_owned(), stored, at })
        }
        .boxed()
    }

    fn put<'a>(&'a self, found: &'a Found, copy: Copy, ttl: Duration) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            if found.is_final() {
                return Ok(());
            }
            let fresh = Stored { bytes: copy.encode(&found.epoch).into(), ttl };
            let decide = |present: Option<moka::Entry<KeyHash, Stored>>| {
                let present = present.map(|entry| entry.into_value().bytes);
                std::future::ready(if present == found.stored { Op::Put(fresh) } else { Op::Nop })
            };
            self.0.entry_by_ref(&found.hash).and_compute_with(decide).await;
            Ok(())
        }
        .boxed()
    }

    fn remove<'a>(&'a self, hashes: &'a [KeyHash]) -> BoxFuture<'a, Result<(), Error>> {
        async move {
            for hash in hashes {
                self.0.insert(hash.clone(), Stored { bytes: Bytes::from_static(REMOVED), ttl: REMOVED_FOR }).await;
            }
            Ok(())
        }
        .boxed()
    }
}
