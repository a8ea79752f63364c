//! Copies of sessions: in this process, and in Redis for the others, under `{prefix}:session:{hash}`.
//!
//! Losing any of them, at any time, loses nothing: the rows are there. Keeping one too long does no harm either: it is believed only
//! while the topic of its person has the stamp from before the row was read ([`SessionCopy`]). So nothing has to be removed when
//! a session ends, and nothing can be put back.

use std::sync::Arc;
use std::time::Duration;

use super::copy::Signer;
use super::{KeyHash, SessionCopy};
use crate::coherence::{Basis, Store, Topic, store};
use crate::redis::{Command, Error, Redis, Reply};

/// Most copies in this process. One takes about 500 bytes, all together 25 MB; beyond them those not used are looked for elsewhere.
const MOST: u64 = 50_000;
/// Nobody is signed in for longer.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// See the module.
pub(super) struct Copies {
    store: Arc<dyn Store>,
    here: moka::sync::Cache<KeyHash, Arc<SessionCopy>>,
    shared: Option<(Redis, Signer)>,
}

/// There is no copy that may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoCopy {
    /// Whose session it was when it was last seen.
    pub(super) user_id: Option<i64>,
    /// It could not be asked, and need not be asked again for the same request.
    pub(super) is_store_away: bool,
}

impl Copies {
    /// Copies whose topics are in `store`, shared through `redis` if there is one.
    pub(super) fn new(store: Arc<dyn Store>, redis: Option<Redis>, key: &[u8]) -> Self {
        let here = moka::sync::Cache::builder().max_capacity(MOST).time_to_idle(LONGEST).build();
        Self { store, here, shared: redis.zip(Signer::new(key)) }
    }

    /// The copy in this process, whether it may be believed or not.
    pub(super) fn here(&self, hash: &KeyHash) -> Option<Arc<SessionCopy>> {
        self.here.get(hash)
    }

    /// The copy in this process, if it may be believed at this moment without asking anybody.
    pub(super) fn cached(&self, hash: &KeyHash) -> Option<Arc<SessionCopy>> {
        self.here.get(hash).filter(|copy| self.store.vouches_for(&copy.basis))
    }

    /// The same, asked.
    pub(super) async fn get(&self, hash: &KeyHash) -> Result<Arc<SessionCopy>, NoCopy> {
        let here = self.here(hash);
        if let Some(copy) = here.as_ref().filter(|copy| self.store.vouches_for(&copy.basis)) {
            return Ok(Arc::clone(copy));
        }
        let mut user_id = here.as_ref().map(|copy| copy.user_id);
        if let Some(copy) = here {
            match self.is_current(&copy).await {
                Some(true) => return Ok(copy),
                Some(false) => {}
                // Whoever waits for it has waited long enough.
                None => return Err(NoCopy { user_id, is_store_away: true }),
            }
        }
        let Ok(shared) = self.shared(hash).await else { return Err(NoCopy { user_id, is_store_away: true }) };
        if let Some(copy) = shared {
            user_id = Some(copy.user_id);
            match self.is_current(&copy).await {
                Some(true) => {
                    let copy = Arc::new(copy);
                    self.here.insert(hash.clone(), Arc::clone(&copy));
                    return Ok(copy);
                }
                Some(false) => {}
                None => return Err(NoCopy { user_id, is_store_away: true }),
            }
        }
        Err(NoCopy { user_id, is_store_away: false })
    }

    /// What a copy of a session of this person stands on, if its row is read after this.
    pub(super) async fn basis(&self, user_id: i64) -> Option<Basis> {
        let topic = Topic::Account(user_id);
        let stamps = store::stamps(&*self.store, &[topic]).await.ok()?;
        Basis::of_one(topic, &stamps)
    }

    /// Keeps a copy, for `time` where others see it.
    pub(super) async fn put(&self, hash: &KeyHash, copy: SessionCopy, time: Duration) {
        let line = self.shared.as_ref().and_then(|(_, signer)| copy.encode(hash, signer));
        self.here.insert(hash.clone(), Arc::new(copy));
        if let (Some((redis, _)), Some(line)) = (&self.shared, line) {
            let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
            let call = Command::new("SET").arg(key(redis, hash)).arg(line).arg("PX").int(time);
            if let Err(error) = redis.run(call).await {
                log::debug!("the copy of a session is not stored: {error}");
            }
        }
    }

    /// Forgets a session of which the row says that it is over, though nobody has told so.
    pub(super) async fn forget(&self, hash: &KeyHash) {
        self.here.invalidate(hash);
        if let Some((redis, _)) = &self.shared
            && let Err(error) = redis.run(Command::new("DEL").arg(key(redis, hash))).await
        {
            log::debug!("the copy of a session stays: {error}");
        }
    }

    /// Makes ready what the current worker needs.
    pub(super) async fn warm_up(&self) {
        if let Some((redis, _)) = &self.shared {
            redis.warm_up().await;
        }
    }

    /// `None`: it cannot be asked.
    async fn is_current(&self, copy: &SessionCopy) -> Option<bool> {
        let stamps = store::stamps(&*self.store, &copy.basis.topics()).await.ok()?;
        Some(copy.basis.is(&stamps))
    }

    async fn shared(&self, hash: &KeyHash) -> Result<Option<SessionCopy>, Error> {
        let Some((redis, signer)) = &self.shared else { return Ok(None) };
        let stored = redis.run(Command::new("GET").arg(key(redis, hash))).await.and_then(Reply::into_bytes)?;
        Ok(stored.and_then(|stored| SessionCopy::decode(&stored, hash, signer)))
    }
}

fn key(redis: &Redis, hash: &KeyHash) -> String {
    redis.key("session", hash.as_str())
}
