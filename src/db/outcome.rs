//! What became of a COMMIT whose answer was lost.
//!
//! A unit of work learns its transaction's id when it begins. When the connection breaks during COMMIT, Postgres can be
//! asked by that id whether it was committed, so a write is neither lost nor done twice. Only the server that ran it can tell, on the
//! timeline on which it did ([`super::identity`]): of any other the answer is about some other transaction.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};

use super::errors::{is_dropped, is_silent};
use super::identity::{ALLOWED, Identity, Kinship, identity};
use super::retries::Retries;
use super::{Database, UnitOfWork, replicas};

/// Begins the bookkeeping of a unit of work: the transaction's number, and the limit on its statements for poolers that did
/// not take it at the start of the session (`true` = for this transaction only). The second limit ends a transaction whose
/// process was stopped on its way to COMMIT, before the hold on its topics runs out.
macro_rules! open {
    () => {
        "SELECT txid_current() AS id, set_config('statement_timeout', $1, true), \
         set_config('idle_in_transaction_session_timeout', $2, true)"
    };
}
const OPEN: &str = open!();
const OPEN_AND_IDENTIFY: &str = concat!(open!(), ", ", identity!());
/// A number that was not given out yet is an error to `txid_status`, and would hide who the server is.
macro_rules! status {
    () => {
        "SELECT CASE WHEN $1 < txid_snapshot_xmax(txid_current_snapshot()) THEN txid_status($1) \
         ELSE 'in progress' END AS status"
    };
}
const STATUS: &str = status!();
const STATUS_AND_IDENTIFY: &str = concat!(status!(), ", ", identity!());

/// While the old backend winds up the transaction is still "in progress": ask this often, this far apart.
const QUESTIONS: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);

/// True for statements that belong to BEGIN and COMMIT rather than to the work; they are not counted.
pub(super) fn is_bookkeeping(sql: &str) -> bool {
    [OPEN, OPEN_AND_IDENTIFY, STATUS, STATUS_AND_IDENTIFY, ALLOWED].contains(&sql)
        || replicas::BOOKKEEPING.contains(&sql)
}

/// What is known about a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitOutcome {
    Committed,
    RolledBack,
    Unknown,
}

/// What was answered to one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StatusAnswer {
    Settled(CommitOutcome),
    /// It is still running, or its successor's server is still recovering.
    NotYet,
}

/// The id by which a transaction can be asked about, and whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct TransactionId {
    id: i64,
    /// `None`: nobody may ask who the server is.
    server: Option<Identity>,
}

impl TransactionId {
    /// `None` on SQLite, where COMMIT does not get lost.
    pub(super) async fn take(database: &Database, unit: &UnitOfWork) -> Result<Option<Self>, DbErr> {
        if database.backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let discloses = database.servers().may_be_identified();
        let limit = database.statement_timeout().as_millis().to_string();
        let pause = database.longest_pause().as_millis().to_string();
        let open = if discloses { OPEN_AND_IDENTIFY } else { OPEN };
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, open, [limit.into(), pause.into()]);
        match unit.prepare(statement).await? {
            Some(row) => {
                let server = discloses.then(|| Identity::of(&row)).transpose()?;
                Ok(Some(Self { id: row.try_get("", "id")?, server }))
            }
            None => Err(DbErr::RecordNotFound("the number of a transaction".to_owned())),
        }
    }

    pub(super) async fn outcome(self, database: &Database) -> CommitOutcome {
        for _ in 0..QUESTIONS {
            match self.status(database).await {
                Ok(StatusAnswer::Settled(outcome)) => return outcome,
                Ok(StatusAnswer::NotYet) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    log::error!("cannot ask what became of transaction {}: {error}", self.id);
                    break;
                }
            }
        }
        CommitOutcome::Unknown
    }

    /// Whether the transaction is known to be over, one way or the other. One that is too old to be remembered is, and so is one of
    /// a server that another has followed: what that one does not have by now it will never have.
    pub(super) async fn is_over(self, database: &Database) -> bool {
        let asked = database.bounded(database.bare().query_one_raw(self.question())).await;
        asked.and_then(|row| self.read(row.as_ref())).is_ok_and(|answer| answer != StatusAnswer::NotYet)
    }

    fn question(self) -> Statement {
        let status = if self.server.is_some() { STATUS_AND_IDENTIFY } else { STATUS };
        Statement::from_sql_and_values(DbBackend::Postgres, status, [self.id.into()])
    }

    fn read(self, row: Option<&QueryResult>) -> Result<StatusAnswer, DbErr> {
        let Some(row) = row else { return Ok(StatusAnswer::Settled(CommitOutcome::Unknown)) };
        let kinship = match self.server {
            Some(server) => server.compare(Identity::of(row)?),
            None => Kinship::Same,
        };
        let status: Option<String> = row.try_get("", "status")?;
        Ok(match (kinship, status.as_deref()) {
            (Kinship::Recovering, _) | (Kinship::Same, Some("in progress")) => StatusAnswer::NotYet,
            (Kinship::Same, Some("committed")) => StatusAnswer::Settled(CommitOutcome::Committed),
            (Kinship::Same, Some("aborted")) => StatusAnswer::Settled(CommitOutcome::RolledBack),
            // A transaction of this number is there, and is another one, or was another one.
            (Kinship::Stranger, _) | (Kinship::Same, _) => StatusAnswer::Settled(CommitOutcome::Unknown),
        })
    }

    /// Asked like this, not through a reader: it is asked in a task of its own, behind whoever waits for the answer. The connection that is
    /// handed out may be one of those that were lost, so it is asked more than once.
    async fn status(self, database: &Database) -> Result<StatusAnswer, DbErr> {
        let mut tries = Retries::default();
        loop {
            match database.bounded(database.bare().query_one_raw(self.question())).await {
                Ok(row) => return self.read(row.as_ref()),
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
