//! Redis as this server uses it: quick or not at all.
//!
//! [`Redis`] says a command over the worker's `actor` (pipelined; what every request needs) or over the
//! `pool` (TLS, database numbers, what is rare or big, threads that run no actor). Every command has a time limit, passes the
//! [`Breaker`], and is said once more if the connection was dropped, so commands must bear being carried out twice. No
//! answer is an [`Error`] that callers treat as "go on without": nothing here may fail a request.
//!
//! What is stored is believed only through [`Redis::read_trusted`]; see `epoch`.
//!
//! Owns all keys under the prefix; each user of this module names the kind of its keys ([`Redis::key`]).

mod actor;
mod batch;
mod breaker;
mod command;
mod epoch;
mod figures;
mod listening;
mod pool;
mod refusals;
mod writes;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::breaker::{Breaker, PROBE_EVERY, THRESHOLD};
pub use self::command::{Command, Error, Reply};
pub use self::epoch::{SERVER, Trusted};
pub use self::listening::{Answers, Published, Subscription};
pub use self::pool::OpenError;

use self::actor::ActorClient;
use self::batch::Batches;
use self::epoch::Epoch;
use self::refusals::Refusals;
use self::writes::Writes;
use crate::settings;

/// A Redis server. Cheap to clone; one per process, shared by its workers.
#[derive(Clone)]
pub struct Redis(Arc<Inner>);

struct Inner {
    server: String,
    prefix: String,
    patience: Duration,
    timeout: Duration,
    breaker: Breaker,
    refusals: Refusals,
    writes: Writes,
    /// `None`: the address needs the pool for everything.
    actor: Option<ActorClient>,
    pool: deadpool_redis::Pool,
    epoch: Epoch,
    batches: Batches,
    /// For connections of their own: the address, its database number, and how long to try.
    info: deadpool_redis::redis::ConnectionInfo,
    database: u32,
    connect_timeout: Duration,
}

impl Redis {
    /// Prepares the ways to a server; connects to nothing. `prefix` begins every key.
    ///
    /// # Errors
    /// Only if the client does not understand the address.
    pub fn open(options: &settings::RedisSettings, prefix: &str) -> Result<Self, OpenError> {
        Self::build(options, prefix, (!options.needs_pool()).then(|| ActorClient::new(options)))
    }

    /// As [`Self::open`], but says everything over the pool, whatever the address.
    ///
    /// # Errors
    /// Only if the client does not understand the address.
    pub fn open_pooled(options: &settings::RedisSettings, prefix: &str) -> Result<Self, OpenError> {
        Self::build(options, prefix, None)
    }

    fn build(options: &settings::RedisSettings, prefix: &str, actor: Option<ActorClient>) -> Result<Self, OpenError> {
        let inner = Arc::new(Inner {
            server: options.address(),
            prefix: prefix.to_owned(),
            patience: options.patience,
            timeout: options.timeout,
            breaker: Breaker::default(),
            refusals: Refusals::default(),
            writes: Writes::default(),
            actor,
            pool: pool::open(options)?,
            epoch: Epoch::new(prefix),
            batches: Batches::new(),
            info: pool::address(options)?,
            database: options.database(),
            connect_timeout: options.connect_timeout,
        });
        figures::show(&inner);
        Ok(Self(inner))
    }

    /// `host:port`, for messages.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.0.server
    }

    /// What begins every key, without the colon after it.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0.prefix
    }

    /// The key of the thing `name` of `kind`: `{prefix}:{kind}:{name}`.
    #[must_use]
    pub fn key(&self, kind: &str, name: &str) -> String {
        [&self.0.prefix, ":", kind, ":", name].concat()
    }

    /// The key of the one thing of its kind: `{prefix}:{kind}`.
    #[must_use]
    pub fn key_of(&self, kind: &str) -> String {
        [&self.0.prefix, ":", kind].concat()
    }

    /// Says a command that a page waits for: an answer or an error within the patience.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn run(&self, command: Command) -> Result<Reply, Error> {
        self.within(self.0.patience, || self.send(&command)).await
    }

    async fn run_until(&self, deadline: Instant, command: Command) -> Result<Reply, Error> {
        let limit = deadline.saturating_duration_since(Instant::now());
        self.within(limit, || self.send(&command)).await
    }

    /// As [`Self::run`], over a pooled connection, from any thread.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn run_pooled(&self, command: Command) -> Result<Reply, Error> {
        self.within(self.0.patience, || pool::send(&self.0.pool, &command)).await
    }

    /// Says a command that no page waits for: within the command timeout, over a pooled connection, from any thread.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn run_in_background(&self, command: Command) -> Result<Reply, Error> {
        self.within(self.0.timeout, || pool::send(&self.0.pool, &command)).await
    }

    /// Reads values that may be believed, with the epoch to store new ones under, all of one moment; see `epoch`. That
    /// moment is after the call: nothing here is older than what was stored when it was made. Answered or failed within the
    /// patience; calls of one thread share their round trips, see `batch`.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn read_trusted(&self, keys: &[&str]) -> Result<Trusted, Error> {
        self.0.batches.read(self, keys).await
    }

    /// The key of the epoch.
    #[must_use]
    pub fn epoch_key(&self) -> &str {
        self.0.epoch.key()
    }

    /// The epoch of the server that this process reads from: as last read, or with `again` asked now.
    ///
    /// # Errors
    /// As [`Self::read_trusted`].
    pub async fn trusted_epoch(&self, again: bool) -> Result<bytes::Bytes, Error> {
        let latest = self.0.epoch.latest();
        if again || latest.is_empty() {
            return self.read_trusted(&[]).await.map(|trusted| trusted.epoch);
        }
        Ok(latest)
    }

    /// The name of a channel. Channels, unlike keys, are shared by all databases of a server, so it names the database too.
    #[must_use]
    pub fn channel(&self, name: &str) -> String {
        format!("{}:{}:{name}", self.0.prefix, self.0.database)
    }

    /// Listens to channels over connections of its own.
    ///
    /// # Errors
    /// See [`Error`]; within the connect timeout.
    pub async fn subscribe(&self, channels: &[String]) -> Result<Subscription, Error> {
        let subscribed = listening::subscribe(&self.0.info, channels, self.0.connect_timeout).await;
        subscribed.inspect_err(|error| self.heed(error))
    }

    /// Takes notice of what was answered over a connection of the caller's own: a permission that is missing, a write that is refused.
    pub fn heed(&self, error: &Error) {
        self.0.refusals.note(&self.0.server, error);
        self.0.writes.note(&self.0.server, error);
    }

    /// Whether the user lacks a permission, as far as was noticed a short while ago.
    #[must_use]
    pub fn is_forbidden(&self) -> bool {
        self.0.refusals.are_recent()
    }

    /// Why it answers and takes no writes, as far as was noticed a short while ago.
    #[must_use]
    pub fn refuses_writes(&self) -> Option<&'static str> {
        self.0.writes.why()
    }

    /// How long a page waits for Redis.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.0.patience
    }

    /// Whether Redis answers, asked now and not more than once a second while it does not.
    ///
    /// # Errors
    /// Why it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.run_pooled(Command::new("PING")).await.map(drop)
    }

    /// The breaker that all commands pass.
    #[must_use]
    pub fn breaker(&self) -> &Breaker {
        &self.0.breaker
    }

    /// Starts this worker's connection, so that its first request does not wait for it.
    pub async fn warm_up(&self) {
        if let Err(error) = self.run(Command::new("PING")).await {
            log::debug!("redis does not answer yet: {error}");
        }
    }

    async fn send(&self, command: &Command) -> Result<Reply, Error> {
        match &self.0.actor {
            Some(actor) if ActorClient::is_possible_here() => actor.send(command).await,
            _ => pool::send(&self.0.pool, command).await,
        }
    }

    /// Bounds `attempt` in time, tries it a second time if the connection was dropped, and tells the breaker.
    async fn within<F>(&self, limit: Duration, attempt: impl Fn() -> F) -> Result<Reply, Error>
    where
        F: Future<Output = Result<Reply, Error>>,
    {
        let (breaker, began) = (&self.0.breaker, Instant::now());
        if !breaker.admit() {
            figures::note(&Err(Error::Open), Duration::ZERO);
            return Err(Error::Open);
        }
        let twice = async {
            match attempt().await {
                Err(Error::Disconnected(_)) => {
                    breaker.distrust();
                    attempt().await
                }
                answer => answer,
            }
        };
        let answer = match tokio::time::timeout(limit, twice).await {
            Ok(answer) => answer,
            Err(_elapsed) => {
                if let Some(actor) = &self.0.actor {
                    actor.timed_out();
                }
                Err(Error::TimedOut(limit))
            }
        };
        figures::note(&answer, began.elapsed());
        if let Err(error) = &answer {
            self.heed(error);
        }
        match &answer {
            Err(error) if error.is_outage() => breaker.failed(error),
            _ => breaker.succeeded(),
        }
        answer
    }
}

impl std::fmt::Debug for Redis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Redis").field("server", &self.0.server).field("prefix", &self.0.prefix).finish_non_exhaustive()
    }
}
