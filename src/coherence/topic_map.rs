//! What one process has been told of topics, and until when it may believe it.
//!
//! Everything here came over one of two ways: as a message that the listener received, in the order of the sequence, or as the
//! answer to a question, which carries the sequence of its moment. Per topic the map never goes back: whatever is older than
//! what is known of it is dropped. While the lease is valid a topic that stands here as current is current.
//!
//! One lock for all: what is believed, the epoch and the lease are one state, and a look at it takes a few hundred nanoseconds.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use bytes::Bytes;

use super::boot_clock;
use super::stamp::{Basis, Stamp, Stamps};
use super::topic::Topic;

/// Topics beyond this many are forgotten together; one takes about 150 bytes, all together 10 MB. A forgotten topic costs a
/// question.
const MOST: usize = 65_536;

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct TopicMap(RwLock<State>);

#[derive(Debug, Default)]
struct State {
    /// Under which all of this is known; empty: under none yet.
    epoch: Bytes,
    /// Moves each time that everything is dropped.
    generation: u64,
    /// The sequence up to which all messages were applied; `None` until the first since the subscription.
    applied: Option<u64>,
    /// Of topics that are not here nothing younger than this was forgotten.
    floor: u64,
    /// What stands here is believed before this moment of the boot clock, …
    lease_end: Duration,
    /// … and only beside a fresh reading of the outbox, if a process was missing when the lease was given. It comes over the same channel
    /// as all that was told before: in an answer it might overtake what the missing process has said when it came back.
    needs_outbox: bool,
    topics: HashMap<Topic, TopicEntry>,
}

#[derive(Debug)]
struct TopicEntry {
    /// The sequence of the message or the answer that told it.
    sequence: u64,
    value: Value,
    /// By the boot clock: since when it is known that this stamp stands here. Of no meaning while it is held.
    since: Duration,
}

#[derive(Debug)]
enum Value {
    Current(Bytes),
    /// Before this moment of the boot clock. Then Redis has to be asked: its writer may have died, and nobody publishes that
    /// a hold has run out.
    Held(Duration),
}

/// How things stood when a question was sent; its answer is taken only if nothing was dropped since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Generation(u64);

/// What a message says of one topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TopicUpdate {
    /// It has this stamp.
    Stamp(Bytes),
    /// It is held for so long from now on.
    HeldFor(Duration),
}

impl TopicMap {
    /// Before a question is sent.
    pub(super) fn generation(&self) -> Generation {
        Generation(self.read().generation)
    }

    /// Takes what a question was answered: `stamps` of `topics` as they were at `sequence`. Held topics are left to the
    /// messages, which know for how long.
    pub(super) fn fill(&self, generation: Generation, sequence: u64, (topics, stamps): (&[Topic], &Stamps)) {
        let mut state = self.write();
        if generation.0 != state.generation || !state.is_of(&stamps.epoch) {
            return;
        }
        for (topic, stamp) in topics.iter().zip(&stamps.values) {
            if let Stamp::Current(stamp) = stamp {
                state.learn(*topic, sequence, Value::Current(stamp.clone()));
            }
        }
    }

    /// Takes what the writer of this process has itself said, without waiting to hear it. Whoever says it has the answer of
    /// the server that has the epoch.
    pub(super) fn apply_own(&self, epoch: &Bytes, sequence: u64, updates: &[(Topic, TopicUpdate)]) {
        let mut state = self.write();
        if state.is_of(epoch) {
            state.apply(sequence, updates);
        }
    }

    /// Takes the next message. `false`: one is missing between this and the last, and everything was dropped.
    pub(super) fn apply_next(&self, epoch: &Bytes, sequence: u64, updates: &[(Topic, TopicUpdate)]) -> bool {
        let mut state = self.write();
        let follows = state.is_of(epoch) && state.applied.is_none_or(|applied| sequence == applied + 1);
        if !follows {
            state.drop_all();
            return false;
        }
        state.applied = Some(sequence);
        state.apply(sequence, updates);
        true
    }

    /// This process's own nonce has come back: all messages up to `sequence` were heard. From now on what stands here is
    /// believed until `end`. `false`: one is missing, and everything was dropped.
    pub(super) fn renew_lease(&self, epoch: &Bytes, sequence: u64, (end, needs_outbox): (Duration, bool)) -> bool {
        let mut state = self.write();
        let is_whole = state.is_of(epoch) && state.applied.is_none_or(|applied| applied == sequence);
        if !is_whole {
            state.drop_all();
            return false;
        }
        state.applied = Some(sequence);
        state.lease_end = end;
        state.needs_outbox = needs_outbox;
        true
    }

    /// Believes nothing of what stands here any more, nor what is under way.
    pub(super) fn drop_all(&self) {
        self.write().drop_all();
    }

    /// Whether what was made from `basis` would be made from the same now, as far as writers are concerned. `outbox_until` is how long the
    /// last reading of the outbox counts.
    pub(super) fn vouches_for(&self, basis: &Basis, outbox_until: Duration) -> bool {
        let state = self.read();
        state.is_believed(boot_clock::now(), outbox_until)
            && state.epoch == basis.epoch
            && basis.stamps.iter().all(|(topic, stamp)| state.current(topic) == Some(stamp))
    }

    /// The stamps of `topics`, if all of them are known and may be believed.
    pub(super) fn stamps(&self, topics: &[Topic], outbox_until: Duration) -> Option<Stamps> {
        let state = self.read();
        let now = boot_clock::now();
        if !state.is_believed(now, outbox_until) {
            return None;
        }
        let stamp = |topic: &Topic| match &state.topics.get(topic)?.value {
            Value::Current(stamp) => Some(Stamp::Current(stamp.clone())),
            Value::Held(until) if now < *until => Some(Stamp::Held),
            Value::Held(_) => None,
        };
        let values = topics.iter().map(stamp).collect::<Option<Vec<_>>>()?;
        Some(Stamps { epoch: state.epoch.clone(), values })
    }

    /// Since when, by the boot clock, all of these are known here to have the stamps of `basis`; `None` if one is not known to have it. Whether
    /// they have it still is another question ([`Self::vouches_for`]).
    pub(super) fn known_since(&self, basis: &Basis) -> Option<Duration> {
        let state = self.read();
        let since = |(topic, stamp): &(Topic, Bytes)| {
            let known = state.topics.get(topic)?;
            matches!(&known.value, Value::Current(current) if current == stamp).then_some(known.since)
        };
        let all = basis.stamps.iter().map(since).collect::<Option<Vec<_>>>()?;
        all.into_iter().max().filter(|_| state.epoch == basis.epoch)
    }

    /// For operators: how long the lease goes on, the sequence, how many topics are known.
    pub(super) fn condition(&self) -> (Duration, u64, usize) {
        let state = self.read();
        let left = state.lease_end.saturating_sub(boot_clock::now());
        (left, state.applied.unwrap_or_default(), state.topics.len())
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether this is about the server and the dataset that everything here is about. One that is about another makes it
    /// worthless.
    fn is_of(&mut self, epoch: &Bytes) -> bool {
        if self.epoch.is_empty() {
            self.epoch = epoch.clone();
        }
        let same = self.epoch == *epoch;
        if !same {
            self.drop_all();
        }
        same
    }

    fn is_believed(&self, now: Duration, outbox_until: Duration) -> bool {
        now < self.lease_end && (!self.needs_outbox || now < outbox_until)
    }

    fn drop_all(&mut self) {
        self.generation += 1;
        self.epoch = Bytes::new();
        self.applied = None;
        self.floor = 0;
        self.lease_end = Duration::ZERO;
        self.topics.clear();
    }

    fn apply(&mut self, sequence: u64, updates: &[(Topic, TopicUpdate)]) {
        for (topic, update) in updates {
            let value = match update {
                TopicUpdate::Stamp(stamp) => Value::Current(stamp.clone()),
                TopicUpdate::HeldFor(time) => Value::Held(boot_clock::now() + *time),
            };
            self.learn(*topic, sequence, value);
        }
    }

    fn learn(&mut self, topic: Topic, sequence: u64, value: Value) {
        // Of the same sequence: a message that is heard after it was told, or an answer. An answer that shows a stamp although the
        // last message was of a hold: the hold is over without a word, and its writer will find it gone.
        let known = self.topics.get(&topic);
        if sequence < known.map_or(self.floor, |known| known.sequence) {
            return;
        }
        let same =
            known.filter(|known| matches!((&known.value, &value), (Value::Current(a), Value::Current(b)) if a == b));
        let since = same.map_or_else(boot_clock::now, |known| known.since);
        if self.topics.len() >= MOST && !self.topics.contains_key(&topic) {
            let newest = self.topics.values().map(|known| known.sequence).max();
            self.floor = self.floor.max(newest.unwrap_or_default());
            self.topics.clear();
        }
        self.topics.insert(topic, TopicEntry { sequence, value, since });
    }

    fn current(&self, topic: &Topic) -> Option<&Bytes> {
        match &self.topics.get(topic)?.value {
            Value::Current(stamp) => Some(stamp),
            Value::Held(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
