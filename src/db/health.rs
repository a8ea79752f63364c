//! Is the database fit to serve?

use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use thiserror::Error;

use super::errors::READ_ONLY;
use super::{Database, is_pooler_mismatch};
use crate::coherence::Topics;

/// Why the database is not fit to serve; each is one sentence for the operator.
#[derive(Debug, Error)]
pub enum Unfit {
    /// No answer in time.
    #[error("the database at {address} did not answer within {seconds:.1} s")]
    Silent {
        /// `host:port/name` or a path.
        address: String,
        /// How long it was waited for.
        seconds: f64,
    },
    /// A pooler hands out server connections per transaction and loses prepared statements on the way.
    #[error(
        "the pooler at {address} loses prepared statements between transactions: use PgBouncer 1.21 or newer with \
         max_prepared_statements = 200, or set pool_mode = session"
    )]
    Pooler {
        /// `host:port/name`.
        address: String,
    },
    /// It answers, and does not take what is written, or lacks what is read.
    #[error("the database at {address} is not fit: {says}")]
    Troubled {
        /// `host:port/name` or a path.
        address: String,
        /// Why.
        says: &'static str,
    },
    /// It answered with an error.
    #[error("the database at {address} failed: {source}")]
    Failed {
        /// `host:port/name` or a path.
        address: String,
        /// Its error.
        source: DbErr,
    },
}

/// One statement, for readiness: does it answer, and take what is written? Also tells what a failure has said of it lately, and remembers whether any statement since the start met a pooler that loses statements.
///
/// # Errors
/// Why the database is not fit.
pub async fn check(database: &Database, patience: Duration) -> Result<(), Unfit> {
    if database.met_pooler_mismatch() {
        return Err(Unfit::Pooler { address: database.address().to_owned() });
    }
    let asked = within(database, patience, only_reads(database)).await?;
    if asked {
        database.found_only_reading();
    }
    let troubled = if asked { Some(READ_ONLY) } else { database.condition().trouble().map(|(says, _)| says) };
    match troubled {
        Some(says) => Err(Unfit::Troubled { address: database.address().to_owned(), says }),
        None => Ok(()),
    }
}

/// Whether nothing can be written: a standby, or one that was told to.
async fn only_reads(database: &Database) -> Result<bool, DbErr> {
    let backend = database.backend();
    let sql = match backend {
        DbBackend::Postgres => {
            "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS only_reads"
        }
        _ => "SELECT false AS only_reads",
    };
    let asked = Statement::from_string(backend, sql);
    let topics = Topics::exempt("a check of health");
    let row = database.reader().run(topics, async |conn| conn.query_one_raw(asked.clone()).await).await?;
    row.map_or(Ok(false), |row| row.try_get("", "only_reads"))
}

/// Looks harder, for `telemedicine check`: different statements on several connections at once, again and again, which a pooler
/// that loses prepared statements does not survive.
///
/// # Errors
/// Why the database is not fit.
pub async fn examine(database: &Database, patience: Duration) -> Result<(), Unfit> {
    let rounds = async {
        for round in 0..8 {
            let statements = (0..4).map(|n| select(database, format!("SELECT {round} + {n}")));
            for result in join_all(statements).await {
                result?;
            }
        }
        Ok(())
    };
    within(database, patience, rounds).await
}

/// The role by which the server works with Postgres.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct RoleReport {
    /// Its name.
    pub name: String,
    /// Whether it could alter the schema or change what is in the trail, were the server taken over.
    pub is_unbound: bool,
}

/// Which role the server is to Postgres; nothing on SQLite, which knows none. By hand: no entity tells of privileges.
///
/// # Errors
/// The database's.
pub async fn role(database: &Database) -> Result<Option<RoleReport>, DbErr> {
    if database.backend() != DbBackend::Postgres {
        return Ok(None);
    }
    const ROLE: &str = "SELECT current_user::text AS name, \
        coalesce(has_table_privilege(to_regclass('audit_entry'), 'UPDATE, DELETE, TRUNCATE, TRIGGER'), true) \
        OR coalesce((SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('audit_entry')), true) \
        AS is_unbound";
    let reader = database.reader();
    let asked = Statement::from_string(DbBackend::Postgres, ROLE);
    let topics = Topics::exempt("a role is on no page");
    reader.run(topics, async |conn| RoleReport::find_by_statement(asked.clone()).one(conn).await).await
}

/// How many connections Postgres gives to this role at most: what the server, the database or the role allows, whichever is least; nothing on
/// SQLite. By hand: no entity tells of limits. (-1 is none.)
///
/// # Errors
/// The database's.
pub async fn connection_limit(database: &Database) -> Result<Option<i64>, DbErr> {
    if database.backend() != DbBackend::Postgres {
        return Ok(None);
    }
    const LIMIT: &str = "SELECT least( \
        current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint, \
        (SELECT nullif(datconnlimit, -1) FROM pg_database WHERE datname = current_database()), \
        (SELECT nullif(rolconnlimit, -1) FROM pg_roles WHERE rolname = current_user)) AS most";
    let asked = Statement::from_string(DbBackend::Postgres, LIMIT);
    let topics = Topics::exempt("a limit is on no page");
    let row = database.reader().run(topics, async |conn| conn.query_one_raw(asked.clone()).await).await?;
    row.map(|row| row.try_get("", "most")).transpose()
}

async fn select(database: &Database, sql: String) -> Result<(), DbErr> {
    let backend = database.backend();
    database
        .reader()
        .run(Topics::exempt("a check of health"), async |conn| {
            conn.query_one_raw(Statement::from_string(backend, sql.as_str())).await.map(|_| ())
        })
        .await
}

async fn within<T>(
    database: &Database,
    patience: Duration,
    question: impl Future<Output = Result<T, DbErr>>,
) -> Result<T, Unfit> {
    let address = database.address().to_owned();
    match tokio::time::timeout(patience, question).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(error)) if is_pooler_mismatch(&error) => Err(Unfit::Pooler { address }),
        Ok(Err(source)) => Err(Unfit::Failed { address, source }),
        Err(_elapsed) => Err(Unfit::Silent { address, seconds: patience.as_secs_f64() }),
    }
}
