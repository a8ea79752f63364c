//! The writer's side: topics are held before COMMIT, and get new stamps before the writer is answered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::store::{self, Store, Unavailable};
use super::topic::{Keys, Topic};

/// After this much of its hold's time a unit of work must not be committed any more.
const FRESH: u32 = 2;
/// How often a new stamp that could not be set is tried again, behind the answer, and after which pause.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(500);

/// What a unit of work tells about its topics. Cheap to clone.
#[derive(Clone)]
pub struct Coherence {
    store: Arc<dyn Store>,
    hold_for: Duration,
}

/// Topics that are held by one unit of work. Dropped without an end, as when the process dies, the hold runs out by itself
/// and leaves a missing stamp.
#[must_use = "a hold is released after the COMMIT or ROLLBACK"]
#[derive(Clone)]
pub struct Hold {
    coherence: Coherence,
    keys: Arc<Keys>,
    holder: Arc<str>,
    since: Instant,
}

impl Coherence {
    /// `longest` is the time within which a COMMIT is answered or given up.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, longest: Duration) -> Self {
        Self { store, hold_for: Duration::from_secs(60).max(longest * 2 * FRESH) }
    }

    /// How long the database may leave a unit of work without a statement before it ends it: so a process that is stopped
    /// between its hold and its COMMIT, and goes on when the hold has run out, finds that it can no longer commit.
    #[must_use]
    pub fn longest_pause(&self) -> Duration {
        self.hold_for / FRESH
    }

    /// Holds `topics`.
    ///
    /// # Errors
    /// When the store cannot be reached or takes no writes. The unit of work then writes its topics into the outbox.
    pub async fn hold(&self, topics: &BTreeSet<Topic>) -> Result<Hold, Unavailable> {
        let hold = self.unheld(topics);
        self.store.hold(&hold.keys, &hold.holder, self.hold_for).await.map(|()| hold)
    }

    /// Gives topics new stamps after a COMMIT before which they could not be held. If that is not possible either, this
    /// process believes nothing that was kept until it has set a new epoch; other instances learn of the topics from the
    /// outbox.
    pub async fn make_up(&self, topics: &BTreeSet<Topic>) {
        let hold = self.unheld(topics);
        if let Err(error) = self.store.renew(&hold.keys, &hold.holder).await {
            log::debug!("topics of a committed unit of work could not be renewed: {error}");
            self.store.distrust();
        }
    }

    /// Gives topics new stamps: what the outbox tells.
    ///
    /// # Errors
    /// When the store cannot be reached or takes no writes.
    pub async fn renew(&self, topics: &BTreeSet<Topic>) -> Result<(), Unavailable> {
        let hold = self.unheld(topics);
        self.store.renew(&hold.keys, &hold.holder).await
    }

    fn unheld(&self, topics: &BTreeSet<Topic>) -> Hold {
        Hold {
            coherence: self.clone(),
            keys: Arc::new(store::keys(&*self.store, topics.iter().copied())),
            holder: format!("{:016x}", rand::random::<u64>()).into(),
            since: Instant::now(),
        }
    }
}

impl Hold {
    /// Whether enough of its time is left to COMMIT.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.since.elapsed() < self.coherence.hold_for / FRESH
    }

    /// The unit of work is over, and known to be: its topics get new stamps. If they cannot be set now (`false`), it is tried
    /// again behind the answer. Where the hold still stands nobody is served anything old; but the server that has it may
    /// be the one that is gone, and what took its place have never heard of it. So the caller also writes the topics into
    /// the outbox, and this process believes nothing until it has set a new epoch.
    pub async fn release(self) -> bool {
        let Err(error) = self.coherence.store.renew(&self.keys, &self.holder).await else { return true };
        log::debug!("topics stay held for now: {error}");
        self.coherence.store.distrust();
        tokio::spawn(self.release_later());
        false
    }

    /// Holds on: for a unit of work of which nobody knows yet whether it was committed. That it cannot be said now does not
    /// matter, it is said again long before the hold runs out.
    pub async fn prolong(&self) {
        if let Err(error) = self.coherence.store.hold(&self.keys, &self.holder, self.coherence.hold_for).await {
            log::debug!("a hold is not prolonged: {error}");
        }
    }

    /// Which topics are held.
    pub fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        self.keys.topics().iter().copied()
    }

    async fn release_later(self) {
        for _ in 0..TRIES {
            tokio::time::sleep(PAUSE).await;
            if self.coherence.store.renew(&self.keys, &self.holder).await.is_ok() {
                return;
            }
        }
    }
}

impl std::fmt::Debug for Coherence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coherence").field("hold_for", &self.hold_for).finish_non_exhaustive()
    }
}
