//! What every request can reach: pools, templates, clock, outside services. One a process, shared by
//! all workers.

mod subsystems;

use std::{ops::Deref, sync::Arc};

use self::subsystems::Opened;
use crate::{
    access::navigation,
    cache::Cache,
    db::{ConnectError, Database},
    integrations::{Clock, Outside, Post},
    redis::Redis,
    session::Sessions,
    settings::Settings,
    web::{self, Kit, Surroundings, pattern::UnknownParameter, templates::TemplateError},
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
    pub post: Post,
    /// The database pool.
    pub db: Database,
    /// Redis, when configured: breaker and pool. (The actors live in the workers.)
    pub redis: Option<Redis>,
    /// Pages that are kept.
    pub cache: Cache,
    /// Who is signed in, durably.
    pub sessions: Sessions,
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
    /// A template is broken.
    #[error("{0}")]
    Templates(#[from] TemplateError),
    /// A route cannot be served.
    #[error("{0}")]
    Routes(#[from] UnknownParameter),
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
    pub fn with_database(settings: Settings, outside: Outside, db: Database) -> Result<Self, StartError> {
        let Outside { clock, post } = outside;
        db.log_slower_than(settings.diagnostics.slow_query);
        let redis = settings.redis.as_ref().map(|redis| Redis::open(redis, &settings.cache.key_prefix)).transpose()?;
        let cache = Cache::new(&settings, clock.clone(), redis.clone());
        db.keep_coherent(cache.coherence().clone());
        let sessions = Sessions::new(&settings, clock.clone(), db.clone(), redis.clone());
        let opened = Opened { db: db.clone(), redis: redis.clone(), cache: cache.clone(), post: post.clone() };
        let surroundings = Surroundings { navigation: navigation::public(), subsystems: Box::new(opened) };
        Ok(Self(Arc::new(Inner {
            kit: Arc::new(Kit::new(&settings, clock.clone(), redis.clone(), surroundings)?),
            settings,
            clock,
            post,
            db,
            redis,
            cache,
            sessions,
        })))
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
