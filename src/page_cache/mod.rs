//! Cached pages: keys, entries, conditional answers, the middleware around a cached route, and the fast path before
//! all others.
//!
//! A page that is served from here costs no statement of the database and, under a lease, no question to Redis. Whether it may be served
//! is decided by [`crate::coherence`]; who asks, and what an answer of the site carries, by the [`Host`] that is handed in. This module
//! knows no statement, no session and no feature.
//!
//! 1. **The key** (`key`, `lookup`): who looks, the route, every value of its path, the parameters that the route knows. With any other
//!    parameter, a message that is to be shown once, a session that is not certain, a method that is not GET or HEAD: no cache.
//! 2. **A hit** (`fast_path`, `lookup`): the session is known, the entry is there, [`Store`] vouches for what it was made from, and the clock
//!    lets it look as it does (`entry`). 304 if the browser has it (`conditional`).
//! 3. **Held**: somebody is committing a change to what it shows: rendered, and not kept.
//! 4. **A miss** (`middleware`): the shared copy is looked for in Redis (`shared`, sealed by `seal`) and judged like ours. Else one request at a
//!    time renders it, the others wait and are served what it made, if it is current for them too. A page of which something was written
//!    while it was rendered is rendered once more, so that no page shows one part before a change and another after it. It is kept under the
//!    stamps from before, if it was made for the viewer whose page it is, with status 200, no cookie and no `no-store`, and if no patient's
//!    record was opened for it.
//!    What is kept is its brotli form; another is kept beside it from the first hit that asks for it, and weighed with it (`entry`).
//! 5. **`CACHE_VERIFY`** (`verify`): what would be served, by the fast path or not, is rendered once more and compared, byte for byte.
//!
//! # What is not cached
//!
//! Forms, one patient's record, one visit, one's own sessions, errors. They are rendered each time, and the openings of records
//! are recorded each time. To have more cached, say `cached_get` in the route table.
//!
//! # Rows that are changed by other hands
//!
//! `psql`, a restored backup: nobody names topics. Then `telemedicine cache clear`, or a row with the topic `everything` in
//! `cache_outbox`.

mod conditional;
mod entry;
mod fast_path;
mod host;
mod key;
mod lookup;
mod middleware;
mod pages;
mod records;
mod seal;
mod shared;
mod verify;

use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256};

pub use self::fast_path::fast_path;
pub use self::host::{CacheScope, Credential, Host, ServedPage, SessionName};
pub use self::key::Policy;
pub use self::lookup::Route;
pub use self::middleware::{KeptFor, KeptHereAlone, cached};
pub use self::records::record_opened;

use self::pages::PageStore;
use self::seal::Seal;
use self::shared::Shared;
use crate::coherence::Store;
use crate::integrations::clock::Clock;
use crate::metrics;
use crate::redis::Redis;
use crate::settings::Settings;

/// What the cache did for a request; in `X-Cache`, `Server-Timing` and the metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CacheStatus {
    /// The answer was kept, and is still what would be rendered.
    Hit,
    /// The page was rendered, and kept if it may be.
    Miss,
    /// Somebody was committing a change just then: rendered, not kept.
    Held,
    /// The cache was not asked, or could not be.
    Bypass,
}

impl CacheStatus {
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
pub struct PageCache(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    pages: PageStore,
    addresses: fast_path::Addresses,
    host: Box<dyn Host + Send + Sync>,
    clock: Clock,
    is_on: bool,
    verifies: bool,
    /// The development toolbar is put into the page's text, so it must not be compressed yet.
    identity_only: bool,
}

impl PageCache {
    /// A cache of pages whose topics are in `store`, shared through `redis` if there is one, in a site that is `host`.
    #[must_use]
    pub fn new(
        settings: &Settings,
        clock: Clock,
        (store, redis): (Arc<dyn Store>, Option<Redis>),
        host: Box<dyn Host + Send + Sync>,
    ) -> Self {
        let lifetime = settings.cache.page_lifetime;
        let seal = settings.secret_key.derive("cached pages").get(..32).and_then(Seal::new);
        let shared = redis.zip(seal).map(|(redis, seal)| Shared::new(redis, seal, (build(settings), lifetime)));
        let limits = (lifetime, settings.cache.memory_bytes);
        let cache = Self(Arc::new(Inner {
            pages: PageStore::new((Arc::clone(&store), shared), clock.clone(), limits),
            store,
            addresses: fast_path::addresses(),
            host,
            clock,
            is_on: !lifetime.is_zero(),
            verifies: settings.cache.verify,
            identity_only: settings.diagnostics.debug_toolbar,
        }));
        cache.show();
        cache
    }

    /// Whether hits need not pass what is between the network and the cache: not where the toolbar is put in.
    fn has_fast_path(&self) -> bool {
        self.0.is_on && !self.0.identity_only
    }

    /// How many pages this process keeps, and about how many bytes they take.
    #[must_use]
    pub fn size(&self) -> (u64, u64) {
        self.0.pages.size()
    }

    /// Shows the sizes in `/metrics`, as long as the cache is there.
    fn show(&self) {
        for what in [Unusable::Entry, Unusable::Stale] {
            count_times(what, 0);
        }
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
/// found; stamps are shared by all. The program is known by the digest of its file: length and time are the same for two programs that
/// were packed by the same hand, and other on each machine for one that was copied.
fn build(settings: &Settings) -> Vec<u8> {
    let mut build = match program() {
        Some(digest) => digest.to_vec(),
        None => rand::random::<[u8; 32]>().to_vec(),
    };
    // Instances that tell the time by other rules do not share pages.
    build.extend(crate::time_zone::tables().fingerprint());
    let pages = &settings.pages;
    build.extend(
        format!(" {} {} {}", pages.page_size, pages.static_url.base(), settings.session.idle.as_secs()).into_bytes(),
    );
    build
}

/// The digest of the program's file, read once; none if it cannot be read.
fn program() -> Option<&'static [u8]> {
    static PROGRAM: OnceLock<Option<Vec<u8>>> = OnceLock::new();
    let read = || {
        let program = std::env::current_exe().and_then(std::fs::read);
        let told = program.inspect_err(|error| {
            log::warn!("the program cannot be read, so its pages are not shared with other instances: {error}");
        });
        told.map(|program| Sha256::digest(program).to_vec()).ok()
    };
    PROGRAM.get_or_init(read).as_deref()
}

/// The program's version with the first digits of its file's digest: two builds of one version are two programs.
#[must_use]
pub fn version_of_build() -> String {
    let version = env!("CARGO_PKG_VERSION");
    let Some(digest) = program() else { return version.to_owned() };
    let digits: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{version}+{digits}")
}

fn count_unusable(what: Unusable) {
    count_times(what, 1);
}

fn count_times(what: Unusable, times: u64) {
    let (name, help) = match what {
        Unusable::Entry => ("cache_unreadable_total", "Shared pages that could not be read"),
        Unusable::Stale => ("cache_verify_failures_total", "Pages that differed from what is rendered now"),
    };
    if let Some(counter) = metrics::or_none(metrics::counter(name, help, &[])) {
        counter.with_label_values::<&str>(&[]).inc_by(times);
    }
}

impl std::fmt::Debug for PageCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PageCache").field("is_on", &self.0.is_on).finish_non_exhaustive()
    }
}
