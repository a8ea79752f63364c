//! What became of a COMMIT whose answer was lost.
//!
//! A unit of work learns the number of its transaction when it begins. When the connection breaks during COMMIT, Postgres can be
//! asked under that number whether it was committed, so a write is neither lost nor done twice.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::errors::{is_dropped, is_silent};
use super::retries::Retries;
use super::{Database, UnitOfWork};

/// Begins the bookkeeping of a unit of work: the transaction's number, and the limit on its statements for poolers that did
/// not take it at the start of the session (`true` = for this transaction only). The second limit ends a transaction whose
/// process was stopped on its way to COMMIT, before the hold on its topics runs out.
pub(super) const OPEN: &str = "SELECT txid_current() AS id, set_config('statement_timeout', $1, true), \
set_config('idle_in_transaction_session_timeout', $2, true)";
const STATUS: &str = "SELECT txid_status($1) AS status";

/// While the old backend winds up the transaction is still "in progress": ask this often, this far apart.
const QUESTIONS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// True for statements that belong to BEGIN and COMMIT rather than to the work; they are not counted.
pub(super) fn is_bookkeeping(sql: &str) -> bool {
    sql == OPEN || sql == STATUS
}

/// What is known about a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Committed,
    RolledBack,
    Unknown,
}

/// The number under which a transaction can be asked about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket(i64);

impl Ticket {
    /// `None` on SQLite, where COMMIT does not get lost.
    pub(super) async fn take(database: &Database, unit: &UnitOfWork) -> Result<Option<Self>, DbErr> {
        if database.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let limit = database.statement_timeout().as_millis().to_string();
        let pause = database.longest_pause().as_millis().to_string();
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, OPEN, [limit.into(), pause.into()]);
        match unit.prepare(statement).await? {
            Some(row) => Ok(Some(Self(row.try_get("", "id")?))),
            None => Err(DbErr::RecordNotFound("the number of a transaction".to_owned())),
        }
    }

    pub(super) async fn outcome(self, database: &Database) -> Outcome {
        for _ in 0..QUESTIONS {
            match self.status(database).await.as_deref() {
                Ok("committed") => return Outcome::Committed,
                Ok("aborted") => return Outcome::RolledBack,
                Ok("in progress") => tokio::time::sleep(PAUSE).await,
                Ok(_) => break,
                Err(error) => {
                    log::error!("cannot ask what became of transaction {}: {error}", self.0);
                    break;
                }
            }
        }
        Outcome::Unknown
    }

    /// Whether the transaction is known to be over, one way or the other. One that is too old to be remembered is.
    pub(super) async fn is_over(self, database: &Database) -> bool {
        let asked = database.bounded(database.bare().query_one_raw(self.question())).await;
        let told = asked.and_then(|row| row.map_or(Ok(None), |row| row.try_get::<Option<String>>("", "status")));
        told.is_ok_and(|status| status.as_deref() != Some("in progress"))
    }

    fn question(self) -> Statement {
        Statement::from_sql_and_values(DbBackend::Postgres, STATUS, [self.0.into()])
    }

    /// Asked like this, not through a reader: it is asked in a task of its own, behind whoever waits for the answer. The connection that is
    /// handed out may be one of those that were lost, so it is asked more than once.
    async fn status(self, database: &Database) -> Result<String, DbErr> {
        let mut tries = Retries::default();
        loop {
            match database.bounded(database.bare().query_one_raw(self.question())).await {
                Ok(row) => {
                    let status = row.map_or(Ok(None), |row| row.try_get::<Option<String>>("", "status"))?;
                    return Ok(status.unwrap_or_default());
                }
                Err(error) => {
                    database.learn_from(&error);
                    if !is_dropped(&error) || is_silent(&error) || !tries.after_drop().await {
                        return Err(error);
                    }
                }
            }
        }
    }
}
