//! Who watches what, and the one task of a process that tells them.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::stream::{Ending, LiveBody, Stream};
use super::token::{PageToken, Tokens};
use super::watching::{Watcher, Watches};
use crate::coherence::{Change, ReadSet, Stamps, Store, Topic, Topics, store};
use crate::integrations::Clock;
use crate::metrics;
use crate::session::{Sessions, Standing};
use crate::settings::Settings;
use crate::time_zone::Tz;

/// How often it is looked whether a moment has come.
const TICK: Duration = Duration::from_millis(250);
/// How often the stamps of all that is watched are compared: what no message has told of is found then.
const COMPARE_EVERY: Duration = Duration::from_secs(5);
/// The same after something was missed, until it succeeds.
const COMPARE_SOON: Duration = Duration::from_millis(500);
/// Stamps asked for in one question.
const AT_ONCE: usize = 500;
/// Sessions that are looked up at a time.
const LOOKS: usize = 16;
/// A session that nobody can look up now is looked up again then.
const AGAIN: chrono::TimeDelta = chrono::TimeDelta::seconds(5);

/// The streams of one process. Clones are the same.
#[derive(Clone)]
pub struct Hub(Arc<Inner>);

struct Inner {
    tokens: Tokens,
    store: Arc<dyn Store>,
    sessions: Sessions,
    clock: Clock,
    most: usize,
    has_ended: AtomicBool,
    watches: Mutex<Watches>,
}

/// No stream is to be had just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManyStreams;

/// What the task has to do.
struct Rounds {
    hub: Hub,
    changes: Receiver<Change>,
    compare_at: Instant,
    ticks: u64,
    waiting: VecDeque<Watcher>,
    looks: FuturesUnordered<LocalBoxFuture<'static, (i64, Standing)>>,
}

impl Hub {
    /// A hub for as many streams as `settings` say, told of what changes by `store`.
    #[must_use]
    pub fn new(settings: &Settings, store: Arc<dyn Store>, (sessions, clock): (Sessions, Clock)) -> Self {
        let (tokens, most) = (Tokens::new(&settings.secret_key), settings.live.max_streams);
        let has_ended = AtomicBool::new(false);
        let hub = Self(Arc::new(Inner { tokens, store, sessions, clock, most, has_ended, watches: Mutex::default() }));
        hub.show();
        hub
    }

    /// Makes what pages are told by, and knows it again.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// By what `viewer` (`user.id`), whose times are told in `zone`, is told when one of these topics changes from now on; none if nobody can tell.
    pub async fn token_of(&self, (viewer, zone): (i64, Tz), topics: &Topics) -> Option<String> {
        let read = ReadSet::new(Arc::clone(&self.0.store), None);
        read.depend_on(topics).await;
        self.0.tokens.of(viewer, zone, &read.cursor()?)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.0.clock.now_unwatched()
    }

    /// Enters a stream. What changes from now on is told to it.
    ///
    /// # Errors
    /// `TooManyStreams`, or the process is about to end.
    pub fn enter(&self, watcher: &Watcher, tokens: Vec<PageToken>) -> Result<LiveBody, TooManyStreams> {
        let mut watches = self.watches();
        if watches.count() >= self.0.most || self.0.has_ended.load(Ordering::SeqCst) {
            return Err(TooManyStreams);
        }
        let shown = tokens.clone();
        let (id, stream) = watches.enter(watcher, tokens);
        drop(watches);
        Ok(LiveBody::new(self.clone(), id, (stream, &shown)))
    }

    /// Compares what was entered with what there is; after [`Self::enter`], so that no change falls in between. `false`: the session is over.
    pub async fn begin(&self, watcher: &Watcher, (stream, tokens): (&Stream, &[PageToken])) -> bool {
        let own = Topic::Account(watcher.user_id);
        let topics: Vec<Topic> = tokens.iter().flat_map(PageToken::topics).chain([own]).collect();
        let stamps = store::stamps(&*self.0.store, &topics).await;
        // After the stamp of its person's topic was read: what ends it from now on is found.
        let standing = self.0.sessions.standing(&watcher.hash).await;
        let mut watches = self.watches();
        let is_changed = |token: &PageToken| match &stamps {
            Ok(now) => differs(token, &topics, now),
            Err(_) => false,
        };
        let changed: Vec<usize> =
            tokens.iter().enumerate().filter(|(_, token)| is_changed(token)).map(|(number, _)| number).collect();
        let is_in_doubt = stamps.is_err() && watches.was_changed_just_now(topics.iter().copied());
        let own_stamp = stamps.as_ref().ok().and_then(|now| now.values.last());
        watches.stood_with(watcher.session_id, own_stamp);
        match standing {
            Standing::Over => return false,
            Standing::Until(until) => watches.stands_until(watcher.session_id, until),
            Standing::Unknown => watches.stands_until(watcher.session_id, self.now() + AGAIN),
        }
        drop(watches);
        if is_in_doubt {
            (0..tokens.len()).for_each(|number| stream.changed(number));
        }
        changed.iter().for_each(|number| stream.changed(*number));
        if changed.is_empty() && !is_in_doubt {
            stream.ready();
        }
        true
    }

    /// The stream is gone.
    pub(super) fn leave(&self, id: u64) {
        self.watches().leave(id);
    }

    /// The process ends: all streams end, and no other begins.
    pub fn end(&self) {
        self.0.has_ended.store(true, Ordering::SeqCst);
        self.watches().end(Ending::Restart);
    }

    /// Tells streams what changes, for ever: for a task of its own, one a process. Calls `succeeded` when it has compared everything.
    pub async fn tell_forever(self, succeeded: impl Fn()) {
        let changes = self.0.store.changes();
        let (waiting, looks) = (VecDeque::new(), FuturesUnordered::new());
        // What was entered before there was anybody to tell it anything is compared at once.
        let rounds = Rounds { hub: self, changes, compare_at: Instant::now(), ticks: 0, waiting, looks };
        rounds.run(&succeeded).await;
    }

    fn watches(&self) -> MutexGuard<'_, Watches> {
        self.0.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn show(&self) {
        let inner = Arc::downgrade(&self.0);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        let read = move || inner.upgrade().map_or(0.0, |inner| Self(inner).watches().count() as f64);
        if let Err(error) = metrics::reading("live_streams", "Open streams of pages that change by themselves", read) {
            log::warn!("live pages are not shown in the metrics: {error}");
        }
    }
}

/// Whether a token shows something else than `now`, the stamps of `topics`.
fn differs(token: &PageToken, topics: &[Topic], now: &Stamps) -> bool {
    let known: HashMap<Topic, _> = topics.iter().copied().zip(&now.values).collect();
    token.topics().any(|topic| known.get(&topic).is_some_and(|stamp| token.differs(topic, &now.epoch, stamp)))
}

impl Rounds {
    async fn run(mut self, succeeded: &impl Fn()) {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                change = self.changes.recv() => match change {
                    Ok(Change::Of(topic)) => {
                        let doubtful = self.hub.watches().changed(topic);
                        self.look_up(doubtful);
                    }
                    Ok(Change::Unknown) | Err(RecvError::Lagged(_)) => self.compare_at = Instant::now(),
                    Err(RecvError::Closed) => return,
                },
                Some((session_id, standing)) = self.looks.next() => self.found(session_id, standing),
                _ = ticks.tick() => self.tick(succeeded).await,
            }
        }
    }

    async fn tick(&mut self, succeeded: &impl Fn()) {
        let doubtful = self.hub.watches().come(self.hub.now());
        self.look_up(doubtful);
        self.ticks += 1;
        if self.ticks.is_multiple_of(4) && self.hub.0.store.hears() {
            self.hub.watches().beat(self.ticks / 4);
        }
        if Instant::now() >= self.compare_at {
            let pause = if self.compare().await { COMPARE_EVERY } else { COMPARE_SOON };
            self.compare_at = Instant::now() + pause;
            if pause == COMPARE_EVERY {
                succeeded();
            }
        }
    }

    /// Compares all that is watched with what there is. `false`: the store cannot be asked.
    async fn compare(&mut self) -> bool {
        let topics = self.hub.watches().topics();
        for topics in topics.chunks(AT_ONCE) {
            let Ok(now) = self.hub.0.store.ask(topics).await else { return false };
            let doubtful = self.hub.watches().compare(topics, &now);
            self.look_up(doubtful);
        }
        true
    }

    /// Has sessions looked up that may be over.
    fn look_up(&mut self, doubtful: Vec<Watcher>) {
        self.waiting.extend(doubtful);
        while self.looks.len() < LOOKS
            && let Some(watcher) = self.waiting.pop_front()
        {
            let sessions = self.hub.0.sessions.clone();
            self.looks.push(Box::pin(async move { (watcher.session_id, sessions.standing(&watcher.hash).await) }));
        }
    }

    fn found(&mut self, session_id: i64, standing: Standing) {
        let mut watches = self.hub.watches();
        match standing {
            Standing::Over => watches.is_over(session_id),
            Standing::Until(until) => watches.stands_until(session_id, until),
            Standing::Unknown => watches.stands_until(session_id, self.hub.now() + AGAIN),
        }
        drop(watches);
        self.look_up(Vec::new());
    }
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hub")
    }
}
