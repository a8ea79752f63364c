//! One replica: a pool for pages, a connection for the watch, and what it is asked within each transaction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait as _,
};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::history::Place;
use super::standing::{Found, ReplicaState, STANDING};
use crate::db::accounting::{self, SlowLog};
use crate::db::errors::{is_cancelled, is_conflict, is_dropped, is_outdated, silent};
use crate::db::identity::Identity;
use crate::db::liveness::Liveness;
use crate::db::postgres::RANDOM_READS;
use crate::db::read::{ReadConnection, Source};
use crate::db::{ConnectError, postgres};
use crate::settings::{self, DatabaseUrl};

/// How long a page waits for a connection of a replica, and for its first answer. Then the primary is asked.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why a read goes to the primary after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missed {
    /// It does not answer. It is left alone until the watch has seen it again.
    Away,
    /// All connections are in use.
    Busy,
    /// It has not replayed what the page's topics may have seen.
    Behind,
    Unfit,
    /// What it replays was in the way of the read.
    Conflict,
    Failed,
}

impl Missed {
    /// For the metrics.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Busy => "busy",
            Self::Behind => "behind",
            Self::Unfit => "unfit",
            Self::Conflict => "conflict",
            Self::Failed => "failed",
        }
    }
}

/// See the module.
pub(super) struct Replica {
    pub(super) url: DatabaseUrl,
    /// From 1, as they stand in `DATABASE_REPLICA_URLS`.
    pub(super) number: usize,
    pages: DatabaseConnection,
    /// One connection, so that the watch never waits behind pages.
    watched: DatabaseConnection,
    most: u32,
    statement_timeout: Duration,
    /// A read is given up after it: its connection alone may have fallen silent.
    longest: Duration,
    liveness: Arc<Liveness>,
    standing: watch::Sender<ReplicaState>,
    /// How many it has answered.
    pub(super) reads: AtomicU64,
    /// Somebody would like it to be looked at.
    pub(super) wanted: Notify,
}

impl Replica {
    pub(super) async fn open(
        settings: &settings::DatabaseSettings,
        (number, url): (usize, &DatabaseUrl),
        name: &str,
        slow_log: &Arc<SlowLog>,
    ) -> Result<Self, ConnectError> {
        let (liveness, most) = (Liveness::new(), settings.max_connections);
        let mut pages = postgres::open_replica(settings, (url, name), most, &liveness).await?;
        accounting::attach(&mut pages, Arc::clone(slow_log));
        Ok(Self {
            url: url.clone(),
            number,
            pages,
            watched: postgres::open_replica(settings, (url, name), 1, &liveness).await?,
            most,
            statement_timeout: settings.statement_timeout,
            longest: settings.longest_answer(),
            liveness,
            standing: watch::Sender::new(ReplicaState::Unknown),
            reads: AtomicU64::new(0),
            wanted: Notify::new(),
        })
    }

    pub(super) fn standing(&self) -> ReplicaState {
        *self.standing.borrow()
    }

    /// Whether it may have replayed up to `place`, as far as was seen last.
    pub(super) fn may_show(&self, place: Place) -> bool {
        matches!(self.standing(), ReplicaState::Follows(replayed) if replayed >= place.lsn)
    }

    /// Returns when it is found away.
    pub(super) async fn gone(&self) {
        let mut standing = self.standing.subscribe();
        if standing.wait_for(|standing| *standing == ReplicaState::Away).await.is_err() {
            std::future::pending().await
        }
    }

    /// Runs `read` if the server that answers has replayed up to `place`, in one transaction with the question whether it has.
    pub(super) async fn read<T>(
        &self,
        place: Place,
        read: &impl AsyncFn(&ReadConnection<'_>) -> Result<T, DbErr>,
    ) -> Result<T, Missed> {
        let (transaction, found) = self.begin(&self.pages).await.map_err(|error| self.learn(error.as_ref()))?;
        match found.judge(place.of) {
            ReplicaState::Follows(replayed) if replayed >= place.lsn => {}
            ReplicaState::Follows(_) => return Err(Missed::Behind),
            standing => {
                self.note(standing);
                return Err(Missed::Unfit);
            }
        }
        // Dropped afterwards: the ROLLBACK goes with what is asked next, and nobody waits for it.
        let result = timeout(self.longest, read(&ReadConnection(Source::Transaction(&transaction)))).await;
        let result = result.unwrap_or_else(|_elapsed| Err(silent(self.longest)));
        let found = result.map_err(|error| self.learn(Some(&error)))?;
        self.reads.fetch_add(1, Ordering::Relaxed);
        Ok(found)
    }

    /// Looks how it stands to `primary`, if that was seen.
    ///
    /// # Errors
    /// It does not answer: why, in words that follow its name.
    pub(super) async fn look(&self, primary: Option<Identity>) -> Result<ReplicaState, String> {
        let looked = self.begin(&self.watched).await;
        if let Err(error) = &looked
            && error.as_ref().is_none_or(is_dropped)
        {
            self.liveness.suspect();
        }
        let standing = looked.map(|(_, found)| primary.map_or(ReplicaState::Unknown, |primary| found.judge(primary)));
        self.note(*standing.as_ref().unwrap_or(&ReplicaState::Away));
        let why = |error: DbErr| format!("does not say how far it is: {error}");
        standing.map_err(|error| error.map_or_else(|| "does not answer".to_owned(), why))
    }

    pub(super) async fn close(&self) {
        for pool in [&self.pages, &self.watched] {
            if let Err(error) = pool.close_by_ref().await {
                log::debug!("closing replica {}: {error}", self.number);
            }
        }
    }

    /// A transaction, and what it was answered first. `None` for an error: nothing came in time.
    async fn begin(&self, pool: &DatabaseConnection) -> Result<(DatabaseTransaction, Found), Option<DbErr>> {
        let limit = self.statement_timeout.as_millis().to_string();
        let (name, cost) = RANDOM_READS;
        let question =
            Statement::from_sql_and_values(DbBackend::Postgres, STANDING, [limit.into(), name.into(), cost.into()]);
        let transaction = timeout(PATIENCE, pool.begin()).await.map_err(|_elapsed| None)??;
        let answered = timeout(PATIENCE, transaction.query_one_raw(question)).await;
        if answered.is_err() {
            // Before the connection goes back: it is asked then whether it lives.
            self.liveness.suspect();
        }
        let row = answered.map_err(|_elapsed| None)??;
        let found = row.as_ref().map(Found::of).transpose()?.ok_or(None)?;
        Ok((transaction, found))
    }

    /// Draws the conclusions from a failure; `None`: it did not answer in time.
    fn learn(&self, error: Option<&DbErr>) -> Missed {
        match error {
            None if self.is_full() => Missed::Busy,
            Some(error) if is_conflict(error) || is_cancelled(error) => Missed::Conflict,
            Some(error) if !is_dropped(error) => {
                if is_outdated(error) {
                    self.liveness.renew();
                }
                log::debug!("replica {}: {error}", self.number);
                Missed::Failed
            }
            _ => {
                self.liveness.suspect();
                self.note(ReplicaState::Away);
                Missed::Away
            }
        }
    }

    /// Whether all connections are open and in use.
    pub(super) fn is_full(&self) -> bool {
        let pool = self.pages.get_postgres_connection_pool();
        pool.size() >= self.most && pool.num_idle() == 0
    }

    fn note(&self, standing: ReplicaState) {
        let before = self.standing.send_replace(standing);
        let (number, address) = (self.number, self.url.address());
        match (before, standing) {
            (ReplicaState::Follows(_), ReplicaState::Follows(_)) => {}
            (_, ReplicaState::Follows(_)) => log::info!("replica {number} ({address}) follows the primary"),
            (before, now) if before == now => {}
            (_, ReplicaState::Away) => log::warn!("replica {number} ({address}) is away; the primary is read"),
            (_, ReplicaState::Unfit(why)) => log::warn!("replica {number} ({address}) {}; it is not used", why.says()),
            (_, ReplicaState::Unknown) => {}
        }
    }
}
