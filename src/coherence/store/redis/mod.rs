//! The state of topics in Redis, with a copy in this process that its listener keeps up to date.
//!
//! | key or channel | holds |
//! |---|---|
//! | `{prefix}:topic:{topic}` | a stamp, or while somebody holds the topic `!` and the holders: `{holder},{until}` with more after `;`, `until` in milliseconds of the server's clock. All holders are kept, not the last alone: a topic is free when the last of them is done, whatever the order in which they commit |
//! | `{prefix}:sequence` | how many messages there were. A lost one begins anew at the server's clock in microseconds, so that no number comes twice |
//! | `{prefix}:leases` | process → until when it may answer from memory |
//! | `{prefix}:processes` | process → until when it is registered ([`Membership`]) |
//! | channel `{prefix}:{database}:topics` | what changes (`message.rs`) |
//! | channel `{prefix}:{database}:heard:{process}` | `{process} {epoch} {sequence}`: that process has applied everything up to there |
//!
//! What is asked goes over the worker's actor, in one command with whatever else the worker's requests ask at that moment. Holds and new
//! stamps go over the pool. The listener has connections of its own.

mod acknowledgements;
mod condition;
mod listener;
mod message;
mod probe;
mod scripts;
mod writing;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::{Mutex, broadcast};

pub use self::condition::Condition;

use self::acknowledgements::Acknowledgements;
use self::listener::ListenerState;
use self::scripts::Script;
use super::{Certainty, Change, HeldBy, Store, Unavailable};
use crate::coherence::membership::{MARGIN, Membership, ROW_LEASE};
use crate::coherence::stamp::{Basis, Stamp, Stamps, random};
use crate::coherence::topic::Topic;
use crate::coherence::topic_map::TopicMap;
use crate::coherence::{CHANGES, boot_clock};
use crate::redis::{Command, Error, Redis, Reply};

/// How long a stamp that nobody writes stays. Pages do not live that long; when it is gone they are rendered anew.
const STAMP_FOR: Duration = Duration::from_secs(24 * 3600);
/// For so long after a reading of the outbox has ceased to count it still tells what was changed: it is read once a second.
const HEARSAY: Duration = Duration::from_secs(3);
/// How long a registration lives where no process answers from memory.
const REGISTERED_FOR: Duration = Duration::from_secs(1);

/// See the module documentation. Clones are the same.
#[derive(Clone, Debug)]
pub struct RedisStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    redis: Redis,
    /// `{prefix}:topic:`
    topics: String,
    sequence: String,
    leases: String,
    registry: String,
    channel: String,
    /// Zero: nothing is answered from memory.
    lease: Duration,
    map: TopicMap,
    membership: Arc<Membership>,
    /// One registers at a time; the others look afterwards whether it is done.
    registering: Mutex<()>,
    acknowledgements: Acknowledgements,
    state_of_listener: ListenerState,
    changes: broadcast::Sender<Change>,
}

impl RedisStore {
    /// Keeps the state of topics in this Redis, under its prefix, and answers from memory for `lease` at a time.
    #[must_use]
    pub fn new(redis: Redis, lease: Duration) -> Self {
        Self::with_row_lease(redis, lease, ROW_LEASE)
    }

    /// The same where a process that is not heard of in the database counts as dead after `row_lease`, however it is with Redis.
    #[must_use]
    pub fn with_row_lease(redis: Redis, lease: Duration, row_lease: Duration) -> Self {
        let process = format!("{:016x}", rand::random::<u64>());
        let registration = if lease.is_zero() { REGISTERED_FOR } else { lease };
        let store = Self(Arc::new(Inner {
            topics: redis.key("topic", ""),
            sequence: redis.key_of("sequence"),
            leases: redis.key_of("leases"),
            registry: redis.key_of("processes"),
            channel: redis.channel("topics"),
            lease,
            map: TopicMap::default(),
            membership: Arc::new(Membership::new(process, registration).with_row_lease(row_lease)),
            registering: Mutex::default(),
            acknowledgements: Acknowledgements::default(),
            state_of_listener: ListenerState::default(),
            changes: broadcast::Sender::new(CHANGES),
            redis,
        }));
        store.show();
        store
    }

    fn process(&self) -> &str {
        self.0.membership.process()
    }

    /// A script as a command. Every one ends with the keys and the argument that its guard wants.
    fn command(&self, script: Script, keys: &[&str], (arguments, epoch): (&[&[u8]], &Bytes)) -> Command {
        let count = u32::try_from(keys.len() + 2).unwrap_or(u32::MAX);
        let call = Command::new("EVAL").arg(script.text()).int(count).args(keys);
        call.arg(&self.0.sequence).arg(self.0.redis.epoch_key()).args(arguments).arg(epoch)
    }

    /// Runs a script over the pool, on the server whose epoch is believed, and returns what follows its 0. Another process may
    /// have set a new epoch since it was last read: so it is asked for once more before the script counts as refused.
    async fn run(
        &self,
        script: Script,
        keys: &[&str],
        arguments: &[&[u8]],
    ) -> Result<(Bytes, Vec<Reply>), Unavailable> {
        for again in [false, true] {
            let epoch = self.0.redis.trusted_epoch(again).await.map_err(unavailable)?;
            let call = self.command(script, keys, (arguments, &epoch));
            let reply = self.0.redis.run_pooled(call).await.and_then(Reply::into_array).map_err(unavailable)?;
            if let Some(Reply::Int(0)) = reply.first() {
                return Ok((epoch, reply.into_iter().skip(1).collect()));
            }
        }
        Err(Unavailable("redis is not the server that was believed".to_owned()))
    }

    /// Asks, and takes the answer into the map. Whether Redis may be believed is judged when the question is sent: later, a process that
    /// was missing may have come back and told what the answer does not show yet.
    async fn read(&self, topics: &[Topic]) -> Result<Stamps, Unavailable> {
        if !self.0.membership.is_trusted() {
            self.register().await?;
        }
        if !self.0.membership.is_trusted() {
            self.0.membership.request_reading();
            return Err(Unavailable("a process is missing, and the outbox was not read just now".to_owned()));
        }
        let was_pending = self.0.membership.is_pending(topics.iter().copied());
        let generation = self.0.map.generation();
        let names: Vec<String> = topics.iter().map(|topic| format!("{}{topic}", self.0.topics)).collect();
        let keys: Vec<&str> = [self.0.sequence.as_str()].into_iter().chain(names.iter().map(String::as_str)).collect();
        let trusted = self.0.redis.read_trusted(&keys).await.map_err(unavailable)?;
        let mut values = trusted.values.into_iter();
        let sequence = values.next().flatten().and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok());
        let found: Option<Vec<Stamp>> = values.map(|value| value.and_then(stamp)).collect();
        let (sequence, mut stamps) = match (sequence, found) {
            (Some(sequence), Some(values)) => (sequence, Stamps { epoch: trusted.epoch, values }),
            _ => self.ensured(&names).await?,
        };
        self.0.map.fill(generation, sequence, (topics, &stamps));
        if was_pending {
            stamps.values.fill(Stamp::Held);
        }
        Ok(self.without_pending(topics, stamps))
    }

    /// Sets stamps where there are none. What cannot be read as one is none.
    async fn ensured(&self, names: &[String]) -> Result<(u64, Stamps), Unavailable> {
        let none = || Unavailable("a stamp that is none".to_owned());
        let keys: Vec<&str> = names.iter().map(String::as_str).collect();
        let (random, time) = (random(), millis(STAMP_FOR).to_string());
        let (epoch, reply) = self.run(Script::Ensure, &keys, &[random.as_bytes(), time.as_bytes()]).await?;
        let mut reply = reply.into_iter();
        let sequence = reply.next().and_then(|reply| reply.into_bytes().ok().flatten()).ok_or_else(none)?;
        let sequence = std::str::from_utf8(&sequence).ok().and_then(|text| text.parse().ok()).ok_or_else(none)?;
        let values = reply.next().ok_or_else(none)?.into_array().map_err(unavailable)?.into_iter();
        let value = |value: Reply| value.into_bytes().ok().flatten().and_then(|value| stamp(value.into()));
        let values = values.map(value).collect::<Option<Vec<_>>>().ok_or_else(none)?;
        Ok((sequence, Stamps { epoch, values }))
    }

    /// What the outbox tells of and Redis does not yet counts as held.
    fn without_pending(&self, topics: &[Topic], mut stamps: Stamps) -> Stamps {
        if self.0.membership.is_pending(topics.iter().copied()) {
            stamps.values.fill(Stamp::Held);
        }
        stamps
    }
}

impl Store for RedisStore {
    fn vouches_for(&self, basis: &Basis) -> bool {
        // In this order: a topic that is told of leaves the pending ones only when the map has its new stamp.
        let outbox_until = self.0.membership.outbox_until();
        !self.0.membership.is_pending(basis.stamps.iter().map(|(topic, _)| *topic))
            && self.0.map.vouches_for(basis, outbox_until)
    }

    fn cached(&self, topics: &[Topic]) -> Option<Stamps> {
        let outbox_until = self.0.membership.outbox_until();
        let is_pending = self.0.membership.is_pending(topics.iter().copied());
        let mut stamps = self.0.map.stamps(topics, outbox_until)?;
        if is_pending {
            stamps.values.fill(Stamp::Held);
        }
        Some(stamps)
    }

    fn known_since(&self, basis: &Basis) -> Option<Duration> {
        self.0.map.known_since(basis)
    }

    fn ask<'a>(&'a self, topics: &'a [Topic]) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        self.read(topics).boxed()
    }

    fn hold<'a>(
        &'a self,
        topics: &'a [Topic],
        holder: &'a str,
        time: Duration,
    ) -> BoxFuture<'a, Result<Certainty, Unavailable>> {
        self.hold_topics(topics, holder, time).boxed()
    }

    fn renew<'a>(
        &'a self,
        topics: &'a [Topic],
        HeldBy { holder, certainty }: HeldBy<'a>,
    ) -> BoxFuture<'a, Result<(), Unavailable>> {
        self.renew_topics(topics, holder, certainty).boxed()
    }

    fn membership(&self) -> Option<&Arc<Membership>> {
        Some(&self.0.membership)
    }

    fn is_reachable(&self) -> BoxFuture<'_, bool> {
        async move { self.0.redis.read_trusted(&[]).await.is_ok() }.boxed()
    }

    fn strike_off<'a>(&'a self, process: &'a str) -> BoxFuture<'a, ()> {
        self.leave_registry(process).boxed()
    }

    fn leave(&self) -> BoxFuture<'_, ()> {
        self.leave_registry(self.process()).boxed()
    }

    fn hears(&self) -> bool {
        let outbox_until = self.0.membership.outbox_until() + HEARSAY;
        self.0.state_of_listener.is_listening() || boot_clock::now() < outbox_until
    }

    fn announce(&self, topics: &[Topic]) {
        for topic in topics {
            // Nobody may be listening.
            let _ = self.0.changes.send(Change::Of(*topic));
        }
    }

    fn changes(&self) -> broadcast::Receiver<Change> {
        self.0.changes.subscribe()
    }
}

/// What stands at a key, if it can be a stamp at all.
fn stamp(value: Bytes) -> Option<Stamp> {
    match value.first()? {
        b'!' => Some(Stamp::Held),
        _ if value.len() == 32 && value.iter().all(u8::is_ascii_hexdigit) => Some(Stamp::Current(value)),
        _ => None,
    }
}

fn unavailable(error: Error) -> Unavailable {
    Unavailable(error.to_string())
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// What may be believed of a lease that lasts so long at the server.
fn believed(lease: Duration) -> Duration {
    lease.saturating_sub(MARGIN.min(lease / 4))
}
