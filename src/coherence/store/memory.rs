//! The state of topics in this process: for a server without Redis, which is then the only one.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use tokio::sync::broadcast;

use super::{Certainty, Change, HeldBy, Store, Unavailable};
use crate::coherence::membership::Membership;
use crate::coherence::stamp::{Basis, Stamp, Stamps, random};
use crate::coherence::topic::Topic;
use crate::coherence::{CHANGES, boot_clock};

/// Stamps beyond this many are forgotten together, 10 MB of them; a forgotten stamp is a miss.
const MOST: usize = 65_536;
/// Nothing that happens to a process leaves its memory behind.
const EPOCH: Bytes = Bytes::from_static(b"process");

/// See the module documentation.
#[derive(Debug)]
pub struct MemoryStore {
    state: RwLock<State>,
    changes: broadcast::Sender<Change>,
}

#[derive(Debug, Default)]
struct State {
    /// With since when, by the boot clock, each stands there.
    stamps: HashMap<Topic, (Bytes, Duration)>,
    /// Who holds a topic until when.
    holds: HashMap<Topic, Vec<(String, Instant)>>,
}

impl State {
    /// What is known without changing anything.
    fn cached(&self, topic: &Topic, now: Instant) -> Option<Stamp> {
        match self.holds.get(topic) {
            Some(holders) if holders.iter().any(|(_, until)| *until > now) => Some(Stamp::Held),
            // Whoever held it never came back: what was stored before the hold is not believed.
            Some(_) => None,
            None => self.stamps.get(topic).map(|(stamp, _)| Stamp::Current(stamp.clone())),
        }
    }

    fn read(&mut self, topic: Topic, now: Instant) -> Stamp {
        if let Some(known) = self.cached(&topic, now) {
            return known;
        }
        self.holds.remove(&topic);
        Stamp::Current(self.set(topic))
    }

    fn set(&mut self, topic: Topic) -> Bytes {
        let stamp = Bytes::from(random());
        self.stamps.insert(topic, (stamp.clone(), boot_clock::now()));
        stamp
    }

    /// Since when the topic has this stamp, if it has.
    fn since(&self, topic: &Topic, stamp: &Bytes) -> Option<Duration> {
        self.stamps.get(topic).filter(|(known, _)| known == stamp).map(|(_, since)| *since)
    }

    /// `true`: nobody else holds it, and it has a new stamp.
    fn renew(&mut self, topic: Topic, holder: &str) -> bool {
        if let Some(holders) = self.holds.get_mut(&topic) {
            holders.retain(|(name, _)| name != holder);
            if !holders.is_empty() {
                return false;
            }
            self.holds.remove(&topic);
        }
        self.set(topic);
        true
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { state: RwLock::default(), changes: broadcast::Sender::new(CHANGES) }
    }
}

impl MemoryStore {
    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn vouches_for(&self, basis: &Basis) -> bool {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        basis.epoch == EPOCH
            && basis
                .stamps
                .iter()
                .all(|(topic, stamp)| !state.holds.contains_key(topic) && state.since(topic, stamp).is_some())
    }

    fn known_since(&self, basis: &Basis) -> Option<Duration> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let all = basis.stamps.iter().map(|(topic, stamp)| state.since(topic, stamp)).collect::<Option<Vec<_>>>()?;
        all.into_iter().max().filter(|_| basis.epoch == EPOCH)
    }

    fn cached(&self, topics: &[Topic]) -> Option<Stamps> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let values = topics.iter().map(|topic| state.cached(topic, now)).collect::<Option<Vec<_>>>()?;
        Some(Stamps { epoch: EPOCH, values })
    }

    fn ask<'a>(&'a self, topics: &'a [Topic]) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        let mut state = self.write();
        if state.stamps.len() > MOST {
            state.stamps.clear();
        }
        let now = Instant::now();
        let values = topics.iter().map(|topic| state.read(*topic, now)).collect();
        ready(Ok(Stamps { epoch: EPOCH, values })).boxed()
    }

    fn hold<'a>(
        &'a self,
        topics: &'a [Topic],
        holder: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<Certainty, Unavailable>> {
        let mut state = self.write();
        let until = Instant::now() + time;
        for topic in topics {
            let holders = state.holds.entry(*topic).or_default();
            holders.retain(|(name, _)| name != holder);
            holders.push((holder.to_owned(), until));
        }
        ready(Ok(Certainty::Certain)).boxed()
    }

    fn renew<'a>(
        &'a self,
        topics: &'a [Topic],
        HeldBy { holder, .. }: HeldBy<'a>,
    ) -> BoxFuture<'a, Result<(), Unavailable>> {
        let mut state = self.write();
        let renewed: Vec<Topic> = topics.iter().copied().filter(|topic| state.renew(*topic, holder)).collect();
        drop(state);
        for topic in renewed {
            // Nobody may be listening.
            let _ = self.changes.send(Change::Of(topic));
        }
        ready(Ok(())).boxed()
    }

    fn membership(&self) -> Option<&Arc<Membership>> {
        None
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }
}
