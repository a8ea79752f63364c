//! Why the database could not be opened, in words for the person who started the server.

use sea_orm::{DbErr, SqlxError};
use thiserror::Error;

/// The database cannot be opened. Says where it was looked for and which variable says so; never the user's password.
#[derive(Debug, Error)]
pub enum ConnectError {
    /// `DATABASE_URL` names something that is neither Postgres nor SQLite, or cannot be parsed.
    #[error("DATABASE_URL is not the address of a Postgres or SQLite database: {reason}")]
    Address {
        /// What is wrong with it; holds no part of the address but its scheme.
        reason: String,
    },
    /// Nothing answered within `DB_CONNECT_TIMEOUT`.
    #[error("the database at {address} (DATABASE_URL) did not answer within {seconds} s (DB_CONNECT_TIMEOUT)")]
    Silent {
        /// `host:port`, or the path of the file.
        address: String,
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server, or the network before it, refused.
    #[error("cannot connect to the database at {address} (DATABASE_URL): {source}")]
    Refused {
        /// `host:port`, or the path of the file.
        address: String,
        /// The driver's reason.
        source: Box<SqlxError>,
    },
    /// The pool could not be opened.
    #[error("cannot open the database at {address} (DATABASE_URL): {source}")]
    Pool {
        /// `host:port`, or the path of the file.
        address: String,
        /// SeaORM's reason.
        source: DbErr,
    },
    /// `DATABASE_REPLICA_URLS` names something that the driver does not take.
    #[error("cannot use the replica at {address} (DATABASE_REPLICA_URLS): {reason}")]
    Replica {
        /// `host:port/name`.
        address: String,
        /// What is wrong with it; holds no password.
        reason: String,
    },
    /// The folder of the SQLite file cannot be made.
    #[error("cannot make the folder of the database file {address} (DATABASE_URL): {source}")]
    Folder {
        /// The path of the file.
        address: String,
        /// The system's reason.
        source: std::io::Error,
    },
}
