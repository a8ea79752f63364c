//! The writer's side: topics are held before COMMIT, and get new stamps before the writer is answered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use super::boot_clock;
use super::membership::{Membership, Silence};
use super::store::{Certainty, Change, HeldBy, Store, Unavailable};
use super::topic::Topic;

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
    topics: Arc<[Topic]>,
    holder: Arc<str>,
    certainty: Certainty,
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

    /// Holds `topics`, and returns when no process believes any more what the COMMIT will overtake.
    ///
    /// # Errors
    /// When the store cannot be reached or takes no writes: what is handed back may be held or not. The unit of work then writes its
    /// topics into the outbox, and may be committed only in [`Self::silence`].
    pub async fn hold(&self, topics: &BTreeSet<Topic>) -> Result<Hold, Hold> {
        let hold = self.unheld(topics);
        match self.store.hold(&hold.topics, &hold.holder, self.hold_for).await {
            Ok(certainty) => Ok(Hold { certainty, ..hold }),
            Err(error) => {
                log::debug!("topics cannot be held: {error}");
                Err(hold)
            }
        }
    }

    /// Waits until this process may commit what the others are not told of. They look into the outbox then.
    pub async fn silence(&self) -> Option<Silence> {
        match self.store.membership() {
            Some(membership) => Some(membership.silence().await),
            None => None,
        }
    }

    /// Waits until everybody who believes anything has read the outbox, if it was written before the call.
    pub async fn pause(&self) {
        if let Some(membership) = self.store.membership() {
            tokio::time::sleep(membership.pause()).await;
        }
    }

    /// What is known of the processes that share the store; `None` if there is but one.
    #[must_use]
    pub fn membership(&self) -> Option<&Arc<Membership>> {
        self.store.membership()
    }

    /// Begins to read the outbox; the moment is handed to [`Self::outbox_was_read`].
    #[must_use]
    pub fn begin_reading(&self) -> Duration {
        boot_clock::now()
    }

    /// The outbox was read completely, beginning at `began`, and held `topics`: nothing that shows them is believed here until they
    /// have new stamps. What is to be renewed now ([`Self::renew`]): these, and those of earlier readings that could not be.
    #[must_use]
    pub fn outbox_was_read(&self, began: Duration, topics: BTreeSet<Topic>) -> BTreeSet<Topic> {
        match self.store.membership() {
            Some(membership) => membership.outbox_was_read(began, topics),
            None => topics,
        }
    }

    /// Gives topics new stamps: what the outbox was found to hold before this call.
    ///
    /// # Errors
    /// When the store cannot be reached or takes no writes.
    pub async fn renew(&self, topics: &BTreeSet<Topic>) -> Result<(), Unavailable> {
        let hold = self.unheld(topics);
        self.store.renew(&hold.topics, hold.held_by()).await?;
        // Only here: the new stamps of a write of our own may be older than what the outbox was found to hold.
        if let Some(membership) = self.store.membership() {
            membership.renewed(topics);
        }
        Ok(())
    }

    /// Whether the store answers.
    pub async fn is_reachable(&self) -> bool {
        self.store.is_reachable().await
    }

    /// Takes a process out of the registry that can write nothing any more.
    pub async fn strike_off(&self, process: &str) {
        self.store.strike_off(process).await;
    }

    /// Takes this process out of the registry.
    pub async fn leave(&self) {
        self.store.leave().await;
    }

    /// Tells this process of changes that were found in the outbox, while the store cannot be told.
    pub fn announce(&self, topics: &[Topic]) {
        self.store.announce(topics);
    }

    /// Every change from now on, of any process: for pages that change by themselves.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.store.changes()
    }

    fn unheld(&self, topics: &BTreeSet<Topic>) -> Hold {
        Hold {
            coherence: self.clone(),
            topics: topics.iter().copied().collect(),
            holder: format!("{:016x}", rand::random::<u64>()).into(),
            certainty: Certainty::Doubtful,
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

    /// The unit of work is over, and known to be: its topics get new stamps. Returns when its writer may be answered; if they cannot be
    /// set now (`false`), it is tried again behind the answer, and the caller also writes the topics into the outbox: where the
    /// hold still stands nobody is served anything old, but the server that has it may be the one that is gone.
    pub async fn release(self) -> bool {
        match self.coherence.store.renew(&self.topics, self.held_by()).await {
            Ok(()) => true,
            Err(error) => {
                log::debug!("topics stay held for now: {error}");
                tokio::spawn(self.release_later());
                false
            }
        }
    }

    /// Holds on: for a unit of work of which nobody knows yet whether it was committed. That it cannot be said now does not
    /// matter, it is said again long before the hold runs out.
    pub async fn prolong(&mut self) {
        self.certainty = Certainty::Doubtful;
        if let Err(error) = self.coherence.store.hold(&self.topics, &self.holder, self.coherence.hold_for).await {
            log::debug!("a hold is not prolonged: {error}");
        }
    }

    /// Which topics are held.
    pub fn topics(&self) -> impl Iterator<Item = Topic> + '_ {
        self.topics.iter().copied()
    }

    fn held_by(&self) -> HeldBy<'_> {
        HeldBy { holder: &self.holder, certainty: self.certainty }
    }

    async fn release_later(self) {
        for _ in 0..TRIES {
            tokio::time::sleep(PAUSE).await;
            if self.coherence.store.renew(&self.topics, self.held_by()).await.is_ok() {
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

impl std::fmt::Debug for Hold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hold").field("topics", &self.topics).finish_non_exhaustive()
    }
}
