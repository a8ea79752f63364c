//! Pages that are shared through Redis: `{prefix}:page:{name}`, sealed.

use std::time::Duration;

use super::Unusable;
use super::entry::CacheEntry;
use super::key::PageKey;
use super::seal::Seal;
use crate::redis::{Command, Redis, Reply};

/// What other processes have made and this one may use. Cheap to clone.
#[derive(Clone)]
pub(super) struct Shared {
    redis: Redis,
    seal: Seal,
    /// What else than data shapes a page: those of another build are not found.
    build: std::sync::Arc<[u8]>,
    lifetime: Duration,
}

impl Shared {
    pub(super) fn new(redis: Redis, seal: Seal, (build, lifetime): (Vec<u8>, Duration)) -> Self {
        Self { redis, seal, build: build.into(), lifetime }
    }

    /// The page, if there is one. Whether it may be served is not said.
    pub(super) async fn get(&self, key: &PageKey) -> Option<CacheEntry> {
        let call = Command::new("GET").arg(self.key(key));
        let sealed = self.redis.run_pooled(call).await.and_then(Reply::into_bytes).ok()??;
        let opened = self.seal.open(&key.to_bytes(), &sealed);
        let entry = opened.and_then(|plain| CacheEntry::decode(&plain));
        if entry.is_none() {
            super::count_unusable(Unusable::Entry);
        }
        entry
    }

    /// Shares a page, behind the answer.
    pub(super) fn put(&self, key: &PageKey, entry: std::sync::Arc<CacheEntry>) {
        let (shared, key) = (self.clone(), key.clone());
        actix_web::rt::spawn(async move {
            // On the worker: the page is packed already, and sealing some kilobytes takes microseconds.
            let Some(sealed) = shared.seal.close(&key.to_bytes(), &entry.encode()) else { return };
            let time = u64::try_from(shared.lifetime.as_millis()).unwrap_or(u64::MAX).max(1);
            let call = Command::new("SET").arg(shared.key(&key)).arg(sealed).arg("PX").int(time);
            if let Err(error) = shared.redis.run_in_background(call).await {
                log::debug!("a page is not shared: {error}");
            }
        });
    }

    fn key(&self, key: &PageKey) -> String {
        self.redis.key("page", &key.name(&self.build))
    }
}
