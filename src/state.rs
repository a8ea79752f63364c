//! What every request can reach: pools, templates, clock, outside services. One a process, shared by
//! all workers.

mod host;
mod subsystems;

use std::{
    ops::Deref,
    sync::{Arc, Mutex},
};

use self::{host::Site, subsystems::Opened};
use crate::{
    access::navigation,
    background::Background,
    coherence::{Coherence, MemoryStore, RedisStore, Store},
    db::{ClockSkew, ConnectError, Database, Introduction},
    integrations::{BreachedPasswords, Clock, OutgoingMail, Outside, Relays, breached_passwords::UnusableList},
    live::Hub,
    page_cache::{self, PageCache},
    redis::Redis,
    session::Sessions,
    settings::Settings,
    web::{self, Kit, Surroundings, pattern::UnknownParameter, shutdown::Shutdown, templates::TemplateError},
};

/// Shared state. Cheap to clone.
#[derive(Clone)]
pub struct AppState(Arc<Inner>);

/// The fields of [`AppState`].
pub struct Inner {
    /// Everything that was configured.
    pub settings: Settings,
    /// The only source of the time.
    pub clock: Clock,
    /// The way out for mail.
    pub outgoing_mail: OutgoingMail,
    /// Passwords that nobody may choose.
    pub breached_passwords: BreachedPasswords,
    /// The database pool.
    pub db: Database,
    /// How far the clock is from the database's.
    pub clock_skew: ClockSkew,
    /// Redis, when configured: breaker and pool. (The actors live in the workers.)
    pub redis: Option<Redis>,
    /// How the tasks that no request waits for are doing.
    pub background: Background,
    /// Cached pages.
    pub cache: PageCache,
    /// What units of work tell about what they change.
    pub coherence: Coherence,
    /// The store of it, when it is in Redis: it has to be listened to.
    pub shared_store: Option<RedisStore>,
    /// Who is signed in, durably.
    pub sessions: Sessions,
    /// Who is told when pages change.
    pub live: Hub,
    /// What pages need: also shared by itself, for the HTTP kit.
    pub kit: Arc<Kit>,
}

/// Makes pages for one request of the application.
pub type Pages = web::Pages<AppState>;

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used; names host and variable, never the password.
    #[error("{0}")]
    Database(#[from] ConnectError),
    /// The Redis address is not understood.
    #[error("{0}")]
    Redis(#[from] crate::redis::OpenError),
    /// The list of passwords from breaches cannot be used; names the path.
    #[error("{0}")]
    BreachedPasswords(#[from] UnusableList),
    /// A template is broken.
    #[error("{0}")]
    Templates(#[from] TemplateError),
    /// A route cannot be served.
    #[error("{0}")]
    Routes(#[from] UnknownParameter),
    /// It could not be asked to end.
    #[error("the signals to end cannot be listened for: {0}")]
    Signals(std::io::Error),
    /// The address cannot be bound.
    #[error("cannot listen on {address} (BIND): {reason}")]
    Bind {
        /// Where.
        address: std::net::SocketAddr,
        /// Why, in words.
        reason: String,
    },
}

impl AppState {
    /// Opens the pools and compiles the templates. Redis may be away: it is tried when needed.
    pub async fn open(settings: Settings, outside: Outside) -> Result<Self, StartError> {
        let db = Database::connect(&settings.database, "telemedicine").await?;
        Self::with_database(settings, outside, db)
    }

    /// The same over a database that is already open.
    pub fn with_database(
        settings: Settings,
        Outside { clock, outgoing_mail }: Outside,
        db: Database,
    ) -> Result<Self, StartError> {
        let breached_passwords = BreachedPasswords::open(settings.security.breached_passwords.as_deref())?;
        let redis = settings.redis.as_ref().map(|redis| Redis::open(redis, &settings.cache.key_prefix)).transpose()?;
        let shared_store = redis.clone().map(|redis| RedisStore::new(redis, settings.cache.lease));
        let store = store_of(shared_store.as_ref());
        let coherence = join_instances(&settings, &db, &store);
        let sessions = Sessions::new(&settings, clock.clone(), db.clone(), (Arc::clone(&store), redis.clone()));
        let background = Background::new(redis.clone());
        let (clock_skew, shutdown) = (ClockSkew::new(clock.clone()), Shutdown::default());
        let opened = Opened {
            shutdown: shutdown.clone(),
            background: background.clone(),
            db: db.clone(),
            redis: redis.clone(),
            store: Arc::clone(&store),
            shared_store: shared_store.clone(),
            caches_pages: !settings.cache.page_lifetime.is_zero(),
            outgoing_mail: outgoing_mail.clone(),
            relays: Relays::new(&settings.calls),
            clock_skew: clock_skew.clone(),
            told_away: Mutex::default(),
        };
        let live = Hub::new(&settings, Arc::clone(&store), (sessions.clone(), clock.clone()));
        let kit = Arc::new(Kit::new(&settings, clock.clone(), redis.clone(), surroundings(opened, shutdown, &live))?);
        let cache = PageCache::new(&settings, clock.clone(), (store, redis.clone()), site_of(&sessions, &kit));
        Ok(Self(Arc::new(Inner {
            kit,
            settings,
            clock,
            outgoing_mail,
            breached_passwords,
            db,
            clock_skew,
            redis,
            background,
            cache,
            coherence,
            shared_store,
            sessions,
            live,
        })))
    }
}

/// What pages need and the HTTP kit does not know.
fn surroundings(opened: Opened, shutdown: Shutdown, live: &Hub) -> Surroundings {
    let live_marks = Box::new(live.tokens().clone());
    Surroundings { navigation: navigation::public(), subsystems: Box::new(opened), shutdown, live_marks }
}

/// Who asks, as the cache is told.
fn site_of(sessions: &Sessions, kit: &Arc<Kit>) -> Box<Site> {
    Box::new(Site::new(sessions, kit))
}

/// Makes the database keep pages coherent with those of the other instances, and tells them who this one is.
fn join_instances(settings: &Settings, db: &Database, store: &Arc<dyn Store>) -> Coherence {
    let coherence = Coherence::new(Arc::clone(store), settings.database.longest_answer());
    db.log_slower_than(settings.diagnostics.slow_query);
    db.keep_coherent(coherence.clone());
    db.introduce(Introduction {
        version: page_cache::version_of_build(),
        key_fingerprint: settings.secret_key.fingerprint(),
    });
    coherence
}

/// What stands behind the cache: Redis where there is one, else this process.
fn store_of(shared: Option<&RedisStore>) -> Arc<dyn Store> {
    match shared {
        Some(store) => Arc::new(store.clone()),
        None => Arc::new(MemoryStore::default()),
    }
}

impl Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl AsRef<Kit> for AppState {
    fn as_ref(&self) -> &Kit {
        &self.kit
    }
}
