//! Opening the one-file database.

use std::str::FromStr;

use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr};

use super::{ConnectError, Database};
use crate::settings;

/// Opens the file, making it and its folder when they are missing.
pub(super) async fn open(settings: &settings::DatabaseSettings) -> Result<DatabaseConnection, ConnectError> {
    let address = || settings.url.address().to_owned();
    let file = SqliteConnectOptions::from_str(settings.url.expose())
        .map_err(|error| ConnectError::Address { reason: error.to_string() })?
        .create_if_missing(true)
        // Readers do not wait for the writer, nor it for them.
        .journal_mode(SqliteJournalMode::Wal)
        // Safe with WAL: a power cut may lose the last commits, never the file.
        .synchronous(SqliteSynchronous::Normal)
        .foreign_keys(true)
        // What is erased or swept is overwritten, and does not lie in free pages until others take them.
        .pragma("secure_delete", "ON")
        // Another process may write (a command beside the server).
        .busy_timeout(settings.acquire_timeout);
    settings::make_private_folder(file.get_filename())
        .map_err(|source| ConnectError::Folder { address: address(), source })?;
    let mut options = ConnectOptions::new("sqlite:");
    options
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        // A connection to a file does not go stale.
        .idle_timeout(None)
        .max_lifetime(None)
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(move |_| file.clone());
    sea_orm::Database::connect(options).await.map_err(|source| ConnectError::Pool { address: address(), source })
}

impl Database {
    /// Takes what was written over out of the log beside an embedded file as well, where it would lie until the log goes round. Somebody who
    /// reads meanwhile puts that off to the next time that the log is emptied; on Postgres there is nothing to do.
    ///
    /// # Errors
    /// The database's.
    pub async fn empty_log(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Sqlite {
            self.bare().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }
}
