//! The response cache: every page from cache, no page stale.
//!
//! **The promise**: an answer never shows data older than the moment its request arrived, on any number of instances. A page
//! that is served from here costs no statement of the database and, with Redis, one round trip.
//!
//! # Words
//!
//! - A [`Topic`] is a slice of the clinic's data: the agenda of one doctor, the inbox of one person. Each read names the topics
//!   that cover whatever it may find ([`crate::db::Reader::run`]), each write those it changes
//!   ([`crate::db::UnitOfWork`]); neither compiles without.
//! - A **stamp** is the value of a topic's key in the [`Store`]: 128 random bits, new each time the topic changes, never used
//!   again. Not a counter: one that is lost and starts anew would come to values that were used before.
//! - While a unit of work is being committed its topics are **held**: in the place of the stamp stand the holders.
//! - The **epoch** is a stamp for trust itself ([`crate::redis`]): every entry carries the one it was made under.
//! - An entry is a page with the stamps its topics had **before** its first statement, the epoch, and the first moment
//!   at which it would look different by the clock alone ([`Present`](crate::web::Present)).
//!
//! # Reading (`middleware`, `pages`; `front` for what was a hit before)
//!
//! 1. The key of the page: who looks ([`crate::session`], from the session's copy), the route, its id, the parameters
//!    that the route knows. With any other parameter, a flash message, a method that is not GET or HEAD: no cache.
//! 2. The entry that this process has for the key, and in one command the session's copy, the epoch and the stamps of the
//!    entry's topics. Served if all are what they were and the clock lets it.
//! 3. If a topic is held: rendered, and not kept. If it is not there or not current: the shared copy is looked for in Redis,
//!    and judged like ours. Else it is rendered by one request at a time, the others wait and are served what it made, if it
//!    is still current by stamps read **after** they arrived.
//! 4. While it is rendered the reader gets the stamp of each topic **before** the statement that depends on it. Any held
//!    topic, a store that cannot be asked, a read that says it is not to be kept: the page is not kept. Nor is an
//!    answer other than 200, one that sets a cookie, or one that says `no-store`, as pages with one patient's
//!    clinical detail do.
//!
//! # Writing (`coherence`, `db::outbox`)
//!
//! 1. The topics of all statements of a unit of work are collected; a statement that changed no row adds none.
//! 2. Before COMMIT all of them are held, in one script, on the server whose epoch this process believes. Holders stand beside each other: the topic is free when the last is
//!    done. A hold runs out by itself, after at least four times the time in which a COMMIT is answered or given up.
//! 3. COMMIT, if less than half of the hold's time is gone. Postgres itself ends a transaction whose process makes no sound
//!    for that long, so a process that was stopped in between cannot commit when its hold has run out.
//! 4. After COMMIT or ROLLBACK, before the answer: the holder is taken out, and each topic that has no other gets a new stamp,
//!    whatever stood there: a hold that was evicted may have been followed by a stamp, and by a page under it. If that
//!    cannot be said, the topics are put into the outbox before the answer.
//! 5. Nobody knows whether it was committed: the topics stay held, and the hold is prolonged behind the answer, until the
//!    database can tell that the transaction is over. If the process ends as well, the hold runs out into a missing stamp.
//!
//! # Why no page is stale
//!
//! Let a write W be committed, and a request R arrive after whoever asked for W was answered. Suppose R were served entry E
//! that does not show W, though E depends on topic T, which W touched.
//!
//! - R is served E only if the stamp of T, read after R arrived, is the one that E carries, s.
//! - s was read before E's first statement that depends on T. That statement did not see W, so it ran before W's COMMIT,
//!   and s was read before W's COMMIT.
//! - Between its COMMIT and its answer W gave T a new stamp, s′ ≠ s; and if others still held T, then the last of them to
//!   finish does, and until then T is held. Nobody ever sets s again.
//! - So when R reads T it finds neither s nor, while it is held, anything to compare with. R is not served E. ∎
//!
//! It stands on three things: the new stamp takes effect before the answer (else the outbox has the topic, below);
//! reader and writer speak to the same server (each script and each read proves it by the epoch); and the hold outlives
//! the COMMIT.
//!
//! Between W's COMMIT and its answer T is held, so E is not served even then: nobody sees W on one page and not on another.
//! A page made while T is held is not kept, and one made before and kept during the hold carries s, which is gone.
//! A write that is rolled back costs a miss. Losing stamps (a flush, an eviction, an expiry) costs misses: a missing stamp is
//! set to a new one, and equals none that was kept.
//!
//! # When Redis misbehaves
//!
//! - **Away, slow, read-only, out of memory**: pages are rendered from the database behind a circuit breaker. A unit of
//!   work that cannot hold its topics writes them into `cache_outbox` in its own transaction and, once committed, tries to
//!   renew them; if that fails too its process believes nothing until it has set a new epoch. So it is with topics that were
//!   held and cannot be renewed. Every instance reads the outbox once a second. Here, and only here, another instance that
//!   still reaches Redis may be behind, by at most two seconds.
//! - **Restarted, failed over, an old dataset**: stamps and epoch may be old ones. A server process that is another than
//!   before is noticed by the read itself, and nothing is believed until a new epoch is set; so it is after each command
//!   of this process that failed, and when a process starts ([`crate::redis`]).
//! - **Two that both take writes**, after a failover that the old one has not noticed: one process is never divided
//!   between them (the epochs differ), but two processes may each speak to their own. Redis itself has to prevent this: with
//!   `min-replicas-to-write 1` an old master without its replica refuses writes, and what refuses writes is not believed.
//! - **Wrong values**: what is no stamp counts as missing; a page that cannot be opened is counted and made again.
//!
//! # Rows that are changed by other hands
//!
//! `psql`, a restored backup: nobody names topics. Then `telemedicine cache clear`, or a row with the topic `everything` in
//! `cache_outbox`.
//!
//! # What is not cached
//!
//! Forms, one patient's record, one visit, one's own sessions, errors. They are rendered each time, and the openings of records
//! are recorded each time. To have more cached, say `cached_get` in the route table; `CACHE_VERIFY` tells whether the
//! topics of its reads are right, by rendering each page once more before it is served.

mod coherence;
mod entry;
mod exchange;
mod front;
mod key;
mod middleware;
mod pages;
mod rendering;
mod seal;
pub mod store;
mod topic;
mod verify;

use std::sync::Arc;
use std::time::Duration;

pub use self::coherence::{Coherence, Hold};
pub use self::front::front;
pub use self::key::Policy;
pub use self::middleware::{Route, cached};
pub use self::rendering::{Basis, Refusal, Rendering};
pub use self::store::{MemoryStore, RedisStore, Stamp, Stamps, Store, Unavailable};
pub use self::topic::{Keys, Topic, Topics};

use self::pages::Pages;
use self::seal::Seal;
use crate::integrations::clock::Clock;
use crate::metrics;
use crate::redis::Redis;
use crate::session::KeyHash;
use crate::settings::Settings;

/// What the cache did for a request; in `X-Cache`, `Server-Timing` and the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer was kept, and is still what would be rendered.
    Hit,
    /// The page was rendered, and kept if it may be.
    Miss,
    /// Somebody was committing a change just then: rendered, not kept.
    Held,
    /// The cache was not asked, or could not be.
    Bypass,
}

impl Outcome {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Hit => "hit",
            Self::Miss => "miss",
            Self::Held => "held",
            Self::Bypass => "bypass",
        }
    }
}

/// What was found and could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unusable {
    /// A shared page that is not one, or not ours.
    Entry,
    /// A page that differs from what is rendered now: never, if the protocol holds.
    Stale,
}

/// The cache of one process. Cheap to clone.
#[derive(Clone)]
pub struct Cache(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    pages: Pages,
    /// Whose session a key was when it was last looked up: a hint that saves a round trip, never believed.
    people: moka::sync::Cache<KeyHash, i64>,
    /// What the bytes of requests that were hits mean.
    front: front::Memory,
    coherence: Coherence,
    is_on: bool,
    verifies: bool,
    /// The development toolbar is put into the page's text, so it must not be compressed yet.
    identity_only: bool,
}

impl Cache {
    /// A cache that shares stamps and pages through `redis`, or keeps them in this process without it.
    #[must_use]
    pub fn new(settings: &Settings, clock: Clock, redis: Option<Redis>) -> Self {
        let store: Arc<dyn Store> = match redis {
            Some(redis) => Arc::new(RedisStore::new(redis)),
            None => Arc::new(MemoryStore::default()),
        };
        let key = settings.secret_key.derive("cached pages");
        let seal = key.get(..32).and_then(Seal::new);
        let lifetime = settings.cache.page_lifetime;
        let build = build(settings);
        let pages = Pages::new((Arc::clone(&store), seal, build), clock, (lifetime, settings.cache.memory_bytes));
        let cache = Self(Arc::new(Inner {
            coherence: Coherence::new(Arc::clone(&store), settings.database.longest_answer()),
            store,
            pages,
            people: moka::sync::Cache::new(50_000),
            front: front::memory(),
            is_on: !lifetime.is_zero(),
            verifies: settings.cache.verify,
            identity_only: settings.diagnostics.debug_toolbar,
        }));
        cache.show();
        cache
    }

    /// Whether hits need not pass what is between the door and the cache: not where a page is rendered once more, or gets the
    /// toolbar.
    fn goes_the_short_way(&self) -> bool {
        self.0.is_on && !self.0.verifies && !self.0.identity_only
    }

    /// The writer's side, for the database.
    #[must_use]
    pub fn coherence(&self) -> &Coherence {
        &self.0.coherence
    }

    /// Everything that was kept is made anew when it is next asked for: after rows were changed behind the server's back.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn renew_everything(&self) -> Result<(), Unavailable> {
        self.0.coherence.renew(&[Topic::Everything].into()).await
    }

    /// How many pages this process keeps, and about how many bytes they take.
    #[must_use]
    pub fn size(&self) -> (u64, u64) {
        self.0.pages.size()
    }

    /// For `/health/ready`: `ok`; `off` when pages are not kept; `bypassed` while the stamps cannot be read or written.
    pub async fn condition(&self) -> &'static str {
        if !self.0.is_on {
            return "off";
        }
        let keys = store::keys(&*self.0.store, [Topic::Everything]);
        if self.0.store.read(&keys).await.is_ok() { "ok" } else { "bypassed" }
    }

    /// Shows the sizes in `/metrics`, as long as the cache is there.
    fn show(&self) {
        self.show_one("cache_pages", "Pages kept in this process", |(pages, _)| pages);
        self.show_one("cache_bytes", "Memory they take, estimated", |(_, bytes)| bytes);
    }

    fn show_one(&self, name: &str, help: &str, number: fn((u64, u64)) -> u64) {
        let cache = Arc::downgrade(&self.0);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        let read = move || cache.upgrade().map_or(0.0, |inner| number(inner.pages.size()) as f64);
        if let Err(error) = metrics::reading(name, help, read) {
            log::warn!("the cache is not shown in the metrics: {error}");
        }
    }
}

/// What else than data shapes a page: the program, and the settings that reach templates. Entries of another build are not
/// found; stamps are shared by all. The program is told by its file's length and time, which differ between builds.
fn build(settings: &Settings) -> Vec<u8> {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let program = file.map_or_else(
        |_| rand::random::<u128>().to_string(),
        |file| {
            let changed = file.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
            format!("{} {}", file.len(), changed.unwrap_or(Duration::ZERO).as_nanos())
        },
    );
    let pages = &settings.pages;
    format!("{program} {} {} {}", pages.page_size, pages.static_url.base(), settings.session.idle.as_secs())
        .into_bytes()
}

fn count_unusable(what: Unusable) {
    let (name, help) = match what {
        Unusable::Entry => ("cache_unreadable_total", "Shared pages that could not be read"),
        Unusable::Stale => ("cache_verify_failures_total", "Pages that differed from what is rendered now"),
    };
    count(name, help, &[]);
}

fn count(name: &str, help: &str, labels: &[(&str, &str)]) {
    let (names, values): (Vec<&str>, Vec<&str>) = labels.iter().copied().unzip();
    match metrics::counter(name, help, &names) {
        Ok(counter) => counter.with_label_values(&values).inc(),
        Err(error) => log::warn!("{name} is not counted: {error}"),
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache").field("is_on", &self.0.is_on).finish_non_exhaustive()
    }
}
