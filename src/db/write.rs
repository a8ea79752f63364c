//! Writing: BEGIN, the work, COMMIT, and what to do when that goes wrong.

use sea_orm::{DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions, TransactionTrait};

use tokio::sync::OwnedMutexGuard;

use super::errors::{is_conflict, is_dropped, is_silent};
use super::marks::{Lifted, Marks};
use super::outcome::{Outcome, Ticket};
use super::retries::Retries;
use super::{Database, Recorded, UnitOfWork, Unrecorded};
use crate::metrics;

/// Why a unit of work is worth another attempt. Nothing of it was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Conflict,
    Dropped,
}

struct Failed<E> {
    error: E,
    again: Option<Again>,
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
        let mut retries = Retries::default();
        loop {
            let failed = match self.attempt(&work, idempotent).await {
                Ok(value) => return Ok(value),
                Err(failed) => failed,
            };
            match failed.again {
                Some(Again::Conflict) if retries.after_conflict().await => {
                    metrics::retried("conflict");
                }
                Some(Again::Dropped) if retries.after_drop().await => {
                    metrics::retried("write");
                    log::info!("a database connection was lost before COMMIT, writing again");
                }
                _ => return Err(failed.error),
            }
        }
    }

    async fn attempt<T, E: From<DbErr>>(
        &self,
        work: &impl AsyncFn(&UnitOfWork) -> Result<Recorded<T>, E>,
        idempotent: bool,
    ) -> Result<T, Failed<E>> {
        let turn = self.writer_turn().await.map_err(Failed::lasting)?;
        let unit = self.begin().await.map_err(Failed::before_commit)?;
        let ticket = match Ticket::take(self, &unit).await {
            Ok(ticket) => ticket,
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
        let settled = tokio::spawn(async move { database.settle((unit, turn), (ticket, idempotent)).await });
        match settled.await {
            Ok(Ok(())) => Ok(value),
            Ok(Err(Failed { error, again, is_unknown })) => Err(Failed { error: error.into(), again, is_unknown }),
            Err(ended) => Err(Failed::lasting(DbErr::Custom(format!("a unit of work was not settled: {ended}")))),
        }
    }

    /// Marks the topics, commits, and lifts the marks.
    async fn settle(
        &self,
        (unit, mut turn): (UnitOfWork, Option<OwnedMutexGuard<()>>),
        (ticket, idempotent): (Option<Ticket>, bool),
    ) -> Result<(), Failed<DbErr>> {
        let marks = match Marks::set(self, &unit).await {
            Ok(marks) => marks,
            Err(error) => return Err(given_up(unit, error.clone(), Some(error)).await),
        };
        if !marks.are_fresh() {
            unit.roll_back().await;
            marks.lift(self, false).await;
            let late = super::errors::silent(self.statement_timeout());
            return Err(Failed { error: late, again: Some(Again::Conflict), is_unknown: false });
        }
        let outcome = match unit.commit().await {
            Ok(()) => Ok(()),
            Err(error) => self.after_failed_commit(error, ticket, idempotent).await,
        };
        if matches!(marks, Marks::Unheard(..)) {
            // What is waited for now is no writer's.
            drop(turn.take());
        }
        match &outcome {
            Err(failed) if failed.is_unknown => marks.leave(self, ticket),
            _ => {
                if marks.lift(self, outcome.is_ok()).await == Lifted::Untold {
                    let untold = RuntimeErr::Internal("it was written, and others could not be told".to_owned());
                    // Whoever asked for it is told that something is away, as of a COMMIT of which nobody knows.
                    let untold = DbErr::Conn(untold);
                    return Err(Failed::lasting(untold));
                }
            }
        }
        outcome
    }

    async fn begin(&self) -> Result<UnitOfWork, DbErr> {
        let options = TransactionOptions {
            // Takes SQLite's write lock at once: a transaction that reads first and then writes could not get it any more.
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        // Before there is a transaction: what asks needs a connection of its own.
        self.tells_identity().await?;
        let result = self.bounded(self.bare().begin_with_options(options)).await;
        if let Err(error) = &result {
            self.learn_from(error);
        }
        Ok(UnitOfWork::new(self.clone(), result?))
    }

    async fn after_failed_commit(
        &self,
        error: DbErr,
        ticket: Option<Ticket>,
        idempotent: bool,
    ) -> Result<(), Failed<DbErr>> {
        self.learn_from(&error);
        if !is_dropped(&error) {
            return Err(Failed::before_commit(error));
        }
        let outcome = match ticket {
            Some(ticket) => ticket.outcome(self).await,
            None => Outcome::Unknown,
        };
        log::warn!("a database connection was lost during COMMIT ({error}); the transaction is {outcome:?}");
        let again = match outcome {
            Outcome::Committed => return Ok(()),
            Outcome::RolledBack => true,
            Outcome::Unknown => idempotent,
        };
        let is_unknown = outcome == Outcome::Unknown;
        Err(Failed { error, again: again.then_some(Again::Dropped), is_unknown })
    }
}

/// Rolls back, and says whether `cause` makes another attempt worth it.
async fn given_up<E>(unit: UnitOfWork, error: impl Into<E>, cause: Option<DbErr>) -> Failed<E> {
    unit.roll_back().await;
    Failed { error: error.into(), again: cause.as_ref().and_then(reason), is_unknown: false }
}

/// Why an attempt that was not committed is worth repeating.
fn reason(cause: &DbErr) -> Option<Again> {
    if is_conflict(cause) {
        Some(Again::Conflict)
    } else if is_dropped(cause) && !is_silent(cause) {
        Some(Again::Dropped)
    } else {
        None
    }
}

impl<E: From<DbErr>> Failed<E> {
    fn lasting(error: DbErr) -> Self {
        Self { error: error.into(), again: None, is_unknown: false }
    }

    fn before_commit(error: DbErr) -> Self {
        let again = reason(&error);
        Self { error: error.into(), again, is_unknown: false }
    }
}
