//! Two migrations of one database at the same time do not collide: the second waits for the first.
//!
//! Postgres: a session advisory lock on a connection of its own, held while the changes run, each in
//! its own transaction, on the pool. If this process dies the server drops the connection and with it
//! the lock. A pooler in transaction mode does not keep sessions: point a migration at the server.
//!
//! SQLite: the file's write lock, by `BEGIN IMMEDIATE`; all changes run inside that one transaction.

use std::time::Duration;

use sea_orm_migration::sea_orm::sqlx::{self, Connection, PgConnection};
use sea_orm_migration::sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, RuntimeErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

/// Advisory locks are numbers, and this one is the migration's.
const KEY: i64 = i64::from_be_bytes(*b"\0telemed");
const POLL: Duration = Duration::from_millis(200);
/// 10 minutes of polls.
const POLLS: u32 = 3000;

/// The lock on a Postgres database. Dropping it closes its connection, which frees the lock too.
pub(crate) struct AdvisoryLock(PgConnection);

impl AdvisoryLock {
    /// Waits up to ten minutes for a migration that is running.
    ///
    /// It asks again and again instead of blocking in the server, where a waiting statement would
    /// hold a snapshot and could stall the very index build that it waits for.
    pub(crate) async fn take(db: &DatabaseConnection) -> Result<Self, DbErr> {
        let pool = db.get_postgres_connection_pool();
        let mut connection = pool.acquire().await.map_err(conn_err)?.detach();
        for poll in 0..POLLS {
            let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                .bind(KEY)
                .fetch_one(&mut connection)
                .await
                .map_err(conn_err)?;
            if taken {
                return Ok(Self(connection));
            }
            wait(poll).await;
        }
        Err(gave_up())
    }

    /// Frees the lock. An error if it was lost on the way, as through a pooler.
    pub(crate) async fn release(mut self) -> Result<(), DbErr> {
        let held: bool = sqlx::query_scalar("SELECT pg_advisory_unlock($1)")
            .bind(KEY)
            .fetch_one(&mut self.0)
            .await
            .map_err(conn_err)?;
        self.0.close().await.map_err(conn_err)?;
        if held {
            return Ok(());
        }
        Err(DbErr::Migration("the migration lock was lost: connect to the server itself, not to a pooler".to_owned()))
    }
}

/// Begins the transaction that keeps every other writer of a SQLite file out, waiting up to ten
/// minutes for one that is at work.
pub(crate) async fn begin_immediate(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    for poll in 0..POLLS {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        match db.begin_with_options(options).await {
            Err(error) if is_busy(&error) => wait(poll).await,
            begun => return begun,
        }
    }
    Err(gave_up())
}

/// SQLITE_BUSY in any of its extended forms.
fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return false;
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return false;
    };
    let code = cause.as_database_error().and_then(|error| error.code());
    let number = code.and_then(|code| code.parse::<u32>().ok());
    number.is_some_and(|number| number & 0xff == 5)
}

async fn wait(poll: u32) {
    if poll == 0 {
        log::info!("another migration is running; waiting for it");
    }
    tokio::time::sleep(POLL).await;
}

fn gave_up() -> DbErr {
    DbErr::Migration("another migration has been running for ten minutes; gave up".to_owned())
}

fn conn_err(error: sqlx::Error) -> DbErr {
    DbErr::Conn(RuntimeErr::SqlxError(error.into()))
}
