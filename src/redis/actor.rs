//! Redis through `actix_redis::RedisActor`: one connection per worker on which commands are pipelined.
//!
//! The actor (of a crate that is no longer maintained; kept because the design asks for it and because it is four times
//! as fast as a pool) knows neither timeouts nor `AUTH`, waits for its connect before it reads its mailbox, and waits
//! up to a minute between connects. This module adds what is missing:
//!
//! - callers bound each command by a timeout (in [`super::Redis`]) and report it here ([`ActorClient::timed_out`]);
//! - `AUTH` is sent when the server answers `NOAUTH`, which it does on every new connection, and the command again;
//! - an actor that says "not connected" is replaced, since a new one connects at once; so is one that has been silent
//!   for longer than the connect timeout, whose connect or connection leads into a black hole;
//! - each command goes out under a clone of the address. A mailbox holds 16 messages, and beyond them the actor
//!   library lets a sender wait without ever waking it; a fresh clone may always put one message in.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use actix::{Addr, Arbiter};
use actix_redis::{Error as ActorError, RedisActor};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::oneshot;

use super::{Command, Error, Reply};
use crate::settings;

/// An actor younger than this is not replaced for not being connected: it has just tried.
const TRIED_JUST_NOW: Duration = Duration::from_millis(500);

static NEXT_ID: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The actors of this worker by the id of their client.
    static ACTORS: RefCell<HashMap<u64, ConnectionActor>> = RefCell::new(HashMap::new());
}

struct ConnectionActor {
    address: Addr<RedisActor>,
    started: Instant,
    last_answer: Cell<Instant>,
}

/// Settings of the per-worker actors; a worker's actor is started when the worker first needs it. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct ActorClient(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: u64,
    /// `host:port`.
    server: String,
    auth: Option<(Option<SecretString>, SecretString)>,
    silent_for: Duration,
}

impl ActorClient {
    pub(super) fn new(options: &settings::RedisSettings) -> Self {
        let auth = options.password().map(|password| (options.username().map(Into::into), password.into()));
        Self(Arc::new(Inner {
            id: NEXT_ID.fetch_add(1, Relaxed),
            server: options.address(),
            auth,
            silent_for: options.connect_timeout,
        }))
    }

    /// Whether this thread can run an actor: it belongs to the web server or to another Actix system.
    pub(super) fn is_possible_here() -> bool {
        Arbiter::try_current().is_some()
    }

    /// Sends `command` once. May wait for ever: the caller sets the limit.
    pub(super) async fn send(&self, command: &Command) -> Result<Reply, Error> {
        let reply = self.exchange(command).await;
        match (&self.0.auth, reply) {
            (Some((user, password)), Err(error)) if error.code() == "NOAUTH" => {
                let mut auth = Command::new("AUTH");
                if let Some(user) = user {
                    auth = auth.arg(user.expose_secret());
                }
                self.exchange(&auth.arg(password.expose_secret())).await?;
                self.exchange(command).await
            }
            (_, reply) => reply,
        }
    }

    /// A command was given up on: an actor that nobody has heard from for long is dropped, the next use starts another.
    pub(super) fn timed_out(&self) {
        self.forget_if(|actor| {
            actor.last_answer.get().elapsed() > self.0.silent_for && actor.started.elapsed() > self.0.silent_for
        });
    }

    async fn exchange(&self, command: &Command) -> Result<Reply, Error> {
        let address = self.address().await?;
        match address.send(actix_redis::Command(command.to_resp())).await {
            Ok(Ok(value)) => {
                self.note_answer();
                Reply::from_resp(value)
            }
            Ok(Err(error)) => {
                self.forget_if(|actor| actor.started.elapsed() > TRIED_JUST_NOW);
                Err(Error::Disconnected(match error {
                    ActorError::Redis(error) => error.to_string(),
                    ActorError::NotConnected => {
                        format!("{} does not accept connections", self.0.server)
                    }
                    ActorError::Disconnected => format!("{} closed the connection", self.0.server),
                }))
            }
            Err(mailbox) => Err(Error::Disconnected(mailbox.to_string())),
        }
    }

    async fn address(&self) -> Result<Addr<RedisActor>, Error> {
        if let Some(address) = self.running() {
            return Ok(address);
        }
        // The arbiter starts it, since an actor may be started only where tasks stay on their thread, and this task
        // may be of the other kind.
        let (started, waiting) = oneshot::channel();
        let client = self.clone();
        let asked = Arbiter::try_current().is_some_and(|arbiter| {
            arbiter.spawn_fn(move || {
                let address = client.running().unwrap_or_else(|| client.start());
                drop(started.send(address));
            })
        });
        match waiting.await {
            Ok(address) if asked => Ok(address),
            _ => Err(Error::Disconnected("the worker is stopping".to_owned())),
        }
    }

    /// This worker's actor.
    fn running(&self) -> Option<Addr<RedisActor>> {
        ACTORS.with_borrow(|actors| actors.get(&self.0.id).map(|actor| actor.address.clone()).filter(Addr::connected))
    }

    fn start(&self) -> Addr<RedisActor> {
        let now = Instant::now();
        let address = RedisActor::start(self.0.server.clone());
        let actor = ConnectionActor { address: address.clone(), started: now, last_answer: Cell::new(now) };
        ACTORS.with_borrow_mut(|actors| actors.insert(self.0.id, actor));
        address
    }

    fn note_answer(&self) {
        ACTORS.with_borrow(|actors| {
            if let Some(actor) = actors.get(&self.0.id) {
                actor.last_answer.set(Instant::now());
            }
        });
    }

    fn forget_if(&self, is_of_no_use: impl FnOnce(&ConnectionActor) -> bool) {
        ACTORS.with_borrow_mut(|actors| {
            if actors.get(&self.0.id).is_some_and(is_of_no_use) {
                actors.remove(&self.0.id);
            }
        });
    }
}
