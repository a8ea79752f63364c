//! The pool: opened from the settings, shared by the whole process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sea_orm::{DatabaseConnection, DbBackend, DbErr};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::accounting::SlowLog;
use super::agreement::Acquaintance;
use super::condition::DatabaseCondition;
use super::identity::Servers;
use super::liveness::Liveness;
use super::outbox::OutboxWait;
use super::pool_use::PoolUse;
use super::replicas::Replicas;
use super::{ConnectError, Reader, errors, postgres, sqlite};
use crate::coherence::{Coherence, ReadSet};
use crate::settings::{self, Backend};

/// The longest pause within a transaction where no cache says a shorter one: commands may think between statements.
const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(300);

/// The clinic's database. Cheap to clone: all clones share one pool.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    connection: DatabaseConnection,
    address: String,
    acquire_timeout: Duration,
    statement_timeout: Duration,
    longest_answer: Duration,
    max_connections: u32,
    pool_use: Arc<PoolUse>,
    liveness: Arc<Liveness>,
    condition: DatabaseCondition,
    slow_log: Arc<SlowLog>,
    /// SQLite has one writer at a time; here they queue in order instead of polling a busy file. `None` on Postgres.
    writer: Option<Arc<Mutex<()>>>,
    pooler_mismatch: AtomicBool,
    coherence: OnceLock<Coherence>,
    servers: Servers,
    acquaintance: Acquaintance,
    outbox_wait: OutboxWait,
    /// `None`: there are none.
    replicas: Option<Replicas>,
}

impl Inner {
    fn pool_state(&self) -> PoolState {
        let (open, idle) = match self.connection.get_database_backend() {
            DbBackend::Postgres => {
                let pool = self.connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
            _ => {
                let pool = self.connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        PoolState { open, idle: u32::try_from(idle).unwrap_or(u32::MAX) }
    }
}

/// What the pool holds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolState {
    /// Open connections.
    pub open: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
}

impl Database {
    /// Opens the database that the settings name, and proves that it answers.
    ///
    /// `application_name` is what `pg_stat_activity` shows for the pool's connections.
    ///
    /// # Errors
    /// When it does not answer within `DB_CONNECT_TIMEOUT` or refuses; the message names host, port and variable.
    pub async fn connect(settings: &settings::DatabaseSettings, application_name: &str) -> Result<Self, ConnectError> {
        let liveness = Liveness::new();
        let mut connection = match settings.url.backend() {
            Backend::Postgres => postgres::open(settings, application_name, &liveness).await?,
            Backend::Sqlite(_) => sqlite::open(settings).await?,
        };
        let slow_log = Arc::new(SlowLog::default());
        super::accounting::attach(&mut connection, Arc::clone(&slow_log));
        let replicas = Replicas::open(settings, application_name, &slow_log).await?;
        let inner = Inner {
            connection,
            address: settings.url.address().to_owned(),
            acquire_timeout: settings.acquire_timeout,
            statement_timeout: settings.statement_timeout,
            longest_answer: settings.longest_answer(),
            max_connections: settings.max_connections,
            pool_use: Arc::default(),
            liveness,
            condition: DatabaseCondition::new(settings),
            slow_log,
            writer: settings.is_embedded().then(Arc::default),
            pooler_mismatch: AtomicBool::new(false),
            coherence: OnceLock::new(),
            servers: Servers::default(),
            acquaintance: Acquaintance::default(),
            outbox_wait: OutboxWait::default(),
            replicas,
        };
        let database = Self { inner: Arc::new(inner) };
        database.show_pool();
        Ok(database)
    }

    /// Shows the pool in `/metrics`, as long as it is open.
    fn show_pool(&self) {
        self.show("db_connections", "Open connections", |inner| inner.pool_state().open);
        self.show("db_idle_connections", "Open connections nobody uses", |inner| inner.pool_state().idle);
        self.show("db_max_connections", "Connections that may be open (DB_MAX_CONNECTIONS)", |inner| {
            inner.max_connections
        });
        self.show("db_waiting", "Reads and transactions that wait for a connection", |inner| {
            let pool = inner.pool_state();
            inner.pool_use.waiting(pool.open.saturating_sub(pool.idle))
        });
    }

    fn show(&self, name: &str, help: &str, number: fn(&Inner) -> u32) {
        let pool = Arc::downgrade(&self.inner);
        let read = move || pool.upgrade().map_or(0.0, |inner| f64::from(number(&inner)));
        if let Err(error) = crate::metrics::reading(name, help, read) {
            log::warn!("the pool is not shown in the metrics: {error}");
        }
    }

    /// From now on a statement slower than this (`SLOW_QUERY_MS`) gets a line in the log, without its values.
    pub fn log_slower_than(&self, limit: Duration) {
        self.inner.slow_log.set(limit);
    }

    /// From now on units of work tell the cache which topics they change. Without it, as in commands that know no cache, they
    /// write them into the outbox, and the servers learn of them from there. The first one stays.
    pub fn keep_coherent(&self, coherence: Coherence) {
        let _ = self.inner.coherence.set(coherence);
    }

    pub(super) fn coherence(&self) -> Option<&Coherence> {
        self.inner.coherence.get()
    }

    pub(super) fn servers(&self) -> &Servers {
        &self.inner.servers
    }

    pub(super) fn pool_use(&self) -> &Arc<PoolUse> {
        &self.inner.pool_use
    }

    pub(super) fn outbox_wait(&self) -> &OutboxWait {
        &self.inner.outbox_wait
    }

    pub(super) fn acquaintance(&self) -> &Acquaintance {
        &self.inner.acquaintance
    }

    pub(super) fn replicas(&self) -> Option<&Replicas> {
        self.inner.replicas.as_ref()
    }

    /// The way to read. Within a page in the making, the page learns of the topics of each statement. Cheap; one a request.
    pub fn reader(&self) -> Reader {
        Reader::new(self.clone(), ReadSet::current())
    }

    /// A way to read what no page shows, also while one is made: whose answer is asked for anew each time that the page is served.
    pub(crate) fn reader_beside_pages(&self) -> Reader {
        Reader::new(self.clone(), None)
    }

    /// The bare pool: for the migrator and the checks of the schema, which write their own transactions. Pages, queries and
    /// services read through [`Database::reader`] and write through [`Database::write`].
    pub fn bare(&self) -> &DatabaseConnection {
        &self.inner.connection
    }

    /// Postgres or SQLite.
    pub fn backend(&self) -> DbBackend {
        self.inner.connection.get_database_backend()
    }

    /// What messages may show of where it is: `host:port/name` or a path.
    pub fn address(&self) -> &str {
        &self.inner.address
    }

    /// How full the pool is.
    pub fn pool_state(&self) -> PoolState {
        self.inner.pool_state()
    }

    /// Closes every connection, waiting for those in use. For shutdown.
    pub async fn close(&self) {
        if let Err(error) = self.inner.connection.close_by_ref().await {
            log::warn!("closing the database: {error}");
        }
        if let Some(replicas) = self.replicas() {
            replicas.close().await;
        }
    }

    /// True once Postgres answered as only a transaction pooler makes it answer; see [`super::health`].
    pub fn met_pooler_mismatch(&self) -> bool {
        self.inner.pooler_mismatch.load(Ordering::Relaxed)
    }

    /// Draws the conclusions for the pool from a failed statement.
    pub(super) fn learn_from(&self, error: &DbErr) {
        if errors::is_dropped(error) {
            self.inner.liveness.suspect();
        }
        if errors::trouble(error) == Some(errors::READ_ONLY) {
            self.found_only_reading();
        } else if errors::is_outdated(error) {
            self.inner.liveness.renew();
        }
        self.inner.condition.note(error);
        if errors::is_pooler_mismatch(error) {
            self.inner.pooler_mismatch.store(true, Ordering::Relaxed);
        }
    }

    /// A connection said that it only reads: others may have been opened to a server that does not, or that does not any more.
    pub(super) fn found_only_reading(&self) {
        self.inner.liveness.renew_now_and_then();
    }

    /// The right to write, on SQLite; on Postgres everybody has it at once.
    pub(super) async fn writer_turn(&self) -> Result<Option<OwnedMutexGuard<()>>, DbErr> {
        let Some(writer) = &self.inner.writer else {
            return Ok(None);
        };
        match tokio::time::timeout(self.inner.acquire_timeout, Arc::clone(writer).lock_owned()).await {
            Ok(turn) => Ok(Some(turn)),
            Err(_elapsed) => Err(DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)),
        }
    }

    /// How long a transaction may be left without a statement.
    pub(super) fn longest_pause(&self) -> Duration {
        self.coherence().map_or(IDLE_IN_TRANSACTION, Coherence::longest_pause)
    }

    pub(super) fn statement_timeout(&self) -> Duration {
        self.inner.statement_timeout
    }

    /// How long a connection is waited for, and whatever else may be away.
    pub(super) fn acquire_timeout(&self) -> Duration {
        self.inner.acquire_timeout
    }

    pub(super) fn longest_answer(&self) -> Duration {
        self.inner.longest_answer
    }

    pub(super) fn condition(&self) -> &DatabaseCondition {
        &self.inner.condition
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database").field("address", &self.inner.address).finish_non_exhaustive()
    }
}
