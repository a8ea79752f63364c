//! Writing: BEGIN, the work, COMMIT, and what to do when that goes wrong.

use std::time::Instant;

use sea_orm::{DbBackend, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use tokio::sync::OwnedMutexGuard;

use super::errors::{is_conflict, is_dropped, is_outdated, is_silent};
use super::invalidation::{Completion, Invalidation};
use super::outcome::{CommitOutcome, TransactionId};
use super::retries::Retries;
use super::{Database, Recorded, UnitOfWork, Unrecorded, pool_use};
use crate::metrics;

/// Why a unit of work is worth another attempt. Nothing of it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RetryReason {
    Conflict,
    Dropped,
    Outdated,
}

struct Failed<E> {
    error: E,
    retry: Option<RetryReason>,
    /// Nobody can tell whether it was committed.
    is_unknown: bool,
}

impl Database {
    /// Runs `work` in a transaction: commits if it answers `Ok`, none of its statements failed and the trail tells of it
    /// ([`Recorded`]), else rolls back.
    ///
    /// `work` is **run again from its beginning** when another transaction was in the way (up to three times, after a short random
    /// wait) and when the connection was lost before the commit; so it must change nothing outside the unit of work. Mails,
    /// messages to Redis and the like come after `write` has returned.
    ///
    /// If the connection is lost during COMMIT, Postgres is asked what became of it: a unit that was committed is reported as
    /// `Ok`, one that was not is run again.
    ///
    /// On SQLite writers take turns; a `write` inside a `write` would wait for itself and fails.
    ///
    /// # Errors
    /// What `work` returns, or the database's error. Nothing was written then, except if even the question about a lost COMMIT
    /// could not be answered.
    pub async fn write<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFn(&UnitOfWork) -> Result<Recorded<T>, E>,
    ) -> Result<T, E> {
        self.write_until_settled(work, false).await
    }

    /// Like [`Database::write`], for what is nobody's act and therefore not in the trail: `why` says what it is instead.
    ///
    /// # Errors
    /// What `work` returns, or the database's error.
    pub async fn write_unrecorded<T, E: From<DbErr>>(
        &self,
        why: Unrecorded,
        work: impl AsyncFn(&UnitOfWork) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_until_settled(async |uow: &UnitOfWork| Ok(Recorded::exempt(why, work(uow).await?)), false).await
    }

    /// Like [`Database::write_unrecorded`], for work that does no harm when it is done twice: it is run again even if nobody can tell
    /// whether a COMMIT came through. An act is no such work: the trail would tell of it twice.
    ///
    /// # Errors
    /// What `work` returns, or the database's error.
    pub async fn write_idempotent<T, E: From<DbErr>>(
        &self,
        why: Unrecorded,
        work: impl AsyncFn(&UnitOfWork) -> Result<T, E>,
    ) -> Result<T, E> {
        self.write_until_settled(async |uow: &UnitOfWork| Ok(Recorded::exempt(why, work(uow).await?)), true).await
    }

    async fn write_until_settled<T, E: From<DbErr>>(
        &self,
        work: impl AsyncFn(&UnitOfWork) -> Result<Recorded<T>, E>,
        idempotent: bool,
    ) -> Result<T, E> {
        let mut retries = Retries::within(self.acquire_timeout());
        loop {
            let failed = match self.attempt(&work, idempotent, retries.deadline()).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            match failed.retry {
                Some(RetryReason::Conflict) if retries.after_conflict().await => {
                    metrics::retried("conflict");
                }
                Some(RetryReason::Dropped)
                    if retries.after_drop().await && self.is_back_before(retries.deadline()).await =>
                {
                    metrics::retried("write");
                    self.tell_retry("a database connection was lost before COMMIT, writing again", None);
                }
                Some(RetryReason::Outdated) if retries.after_outdated() => {
                    metrics::retried("write");
                }
                _ => return Err(failed.error),
            }
        }
    }

    async fn attempt<T, E: From<DbErr>>(
        &self,
        work: &impl AsyncFn(&UnitOfWork) -> Result<Recorded<T>, E>,
        idempotent: bool,
        deadline: Instant,
    ) -> Result<T, Failed<E>> {
        let turn = self.writer_turn().await.map_err(Failed::lasting)?;
        let unit = self.begin(deadline).await.map_err(Failed::before_commit)?;
        let transaction_id = match TransactionId::take(self, &unit).await {
            Ok(transaction_id) => transaction_id,
            Err(error) => return Err(given_up(unit, error.clone(), Some(error)).await),
        };
        let recorded = match work(&unit).await {
            Ok(recorded) => recorded,
            Err(error) => {
                let cause = unit.failure();
                return Err(given_up(unit, error, cause).await);
            }
        };
        // A statement failed and the work went on regardless: COMMIT would silently be a ROLLBACK on Postgres.
        if let Some(cause) = unit.failure() {
            return Err(given_up(unit, cause.clone(), Some(cause)).await);
        }
        let value = match recorded.proved_by(&unit) {
            Ok(value) => value,
            Err(error) => return Err(given_up(unit, error, None).await),
        };
        // From the hold to the new stamps in a task of its own: whoever waits for the answer may go away at any moment, and a
        // topic that was held and is never released is one that nobody can keep a page of.
        let database = self.clone();
        let settled = tokio::spawn(async move { database.settle((unit, turn), (transaction_id, idempotent)).await });
        match settled.await {
            Ok(Ok(())) => Ok(value),
            Ok(Err(Failed { error, retry, is_unknown })) => Err(Failed { error: error.into(), retry, is_unknown }),
            Err(ended) => Err(Failed::lasting(DbErr::Custom(format!("a unit of work was not settled: {ended}")))),
        }
    }

    /// Holds the topics, commits, and gives them new stamps.
    async fn settle(
        &self,
        (unit, mut turn): (UnitOfWork, Option<OwnedMutexGuard<()>>),
        (transaction_id, idempotent): (Option<TransactionId>, bool),
    ) -> Result<(), Failed<DbErr>> {
        let invalidation = match Invalidation::prepare(self, &unit).await {
            Ok(invalidation) => invalidation,
            Err(error) => return Err(given_up(unit, error.clone(), Some(error)).await),
        };
        if !invalidation.is_fresh() {
            unit.roll_back().await;
            invalidation.complete(self, false).await;
            let late = super::errors::silent(self.statement_timeout());
            return Err(Failed { error: late, retry: Some(RetryReason::Conflict), is_unknown: false });
        }
        let afterwards = unit.afterwards();
        let outcome = match unit.commit().await {
            Ok(()) => {
                self.condition().note_commit();
                Ok(())
            }
            Err(error) => self.after_failed_commit(error, transaction_id, idempotent).await,
        };
        if outcome.is_ok() {
            afterwards.into_iter().for_each(|then| then());
        }
        if matches!(invalidation, Invalidation::Unannounced(..)) {
            // What is waited for now is no writer's.
            drop(turn.take());
        }
        match &outcome {
            Err(failed) if failed.is_unknown => invalidation.complete_later(self, transaction_id),
            _ => {
                if invalidation.complete(self, outcome.is_ok()).await == Completion::Unannounced {
                    let unannounced = RuntimeErr::Internal("it was written, and others could not be told".to_owned());
                    // Whoever asked for it is told that something is away, as of a COMMIT of which nobody knows.
                    let unannounced = DbErr::Conn(unannounced);
                    return Err(Failed::lasting(unannounced));
                }
            }
        }
        outcome
    }

    async fn begin(&self, deadline: Instant) -> Result<UnitOfWork, DbErr> {
        let options = TransactionOptions {
            // Takes SQLite's write lock at once: a transaction that reads first and then writes could not get it any more.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // Before there is a transaction: what asks needs a connection of its own.
        self.discloses_identity().await?;
        let (wanted, began) = (self.pool_use().want(), Instant::now());
        let begun = self.bounded(self.bare().begin_with_options(options));
        let result = match self.backend() {
            // Somebody else may hold the file for long.
            DbBackend::Sqlite => match tokio::time::timeout_at(deadline.into(), begun).await {
                Ok(begun) => begun,
                Err(_elapsed) => Err(DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout)),
            },
            _ => begun.await,
        };
        pool_use::note(began.elapsed());
        if let Err(error) = &result {
            self.learn_from(error);
        }
        Ok(UnitOfWork::new(self.clone(), (result?, wanted)))
    }

    async fn after_failed_commit(
        &self,
        error: DbErr,
        transaction_id: Option<TransactionId>,
        idempotent: bool,
    ) -> Result<(), Failed<DbErr>> {
        self.learn_from(&error);
        if !is_dropped(&error) {
            return Err(Failed::before_commit(error));
        }
        let outcome = match transaction_id {
            Some(transaction_id) => transaction_id.outcome(self).await,
            None => CommitOutcome::Unknown,
        };
        log::warn!("a database connection was lost during COMMIT ({error}); the transaction is {outcome:?}");
        let retry = match outcome {
            CommitOutcome::Committed => return Ok(()),
            CommitOutcome::RolledBack => true,
            CommitOutcome::Unknown => idempotent,
        };
        let is_unknown = outcome == CommitOutcome::Unknown;
        Err(Failed { error, retry: retry.then_some(RetryReason::Dropped), is_unknown })
    }
}

/// Rolls back, and says whether `cause` makes another attempt worth it.
async fn given_up<E>(unit: UnitOfWork, error: impl Into<E>, cause: Option<DbErr>) -> Failed<E> {
    unit.roll_back().await;
    Failed { error: error.into(), retry: cause.as_ref().and_then(reason), is_unknown: false }
}

/// Why an attempt that was not committed is worth repeating.
fn reason(cause: &DbErr) -> Option<RetryReason> {
    if is_conflict(cause) {
        Some(RetryReason::Conflict)
    } else if is_outdated(cause) {
        Some(RetryReason::Outdated)
    } else if is_dropped(cause) && !is_silent(cause) {
        Some(RetryReason::Dropped)
    } else {
        None
    }
}

impl<E: From<DbErr>> Failed<E> {
    fn lasting(error: DbErr) -> Self {
        Self { error: error.into(), retry: None, is_unknown: false }
    }

    fn before_commit(error: DbErr) -> Self {
        let retry = reason(&error);
        Self { error: error.into(), retry, is_unknown: false }
    }
}
