//! What a database error means: may the statement be tried again, was a constraint broken, is a pooler in the way.

use sea_orm::sqlx::error::{DatabaseError, ErrorKind};
use sea_orm::{DbErr, RuntimeErr, SqlxError, SqlxPostgresError, SqlxSqliteError};

/// A constraint of the schema that a write would have broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which rule.
    pub kind: ViolationKind,
    /// The constraint's name on Postgres; on SQLite, which does not tell it, the driver's message.
    pub constraint: String,
}

/// The kinds of rules that the schema keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// A second row with the same key.
    Unique,
    /// A reference to a row that is not there, or the removal of one that is referred to.
    ForeignKey,
    /// A CHECK.
    Check,
    /// A missing value.
    NotNull,
    /// Overlapping times: an exclusion constraint on Postgres, a trigger that aborts on SQLite.
    Overlap,
}

/// True if the connection is gone, so that the statement may do well on another one.
///
/// Not true for a full or closed pool and not for a statement that was cancelled: trying those again only makes it worse.
pub fn is_dropped(error: &DbErr) -> bool {
    match driver_error(error) {
        // Any failure of the socket leaves the connection unusable: broken pipe, reset, end of file, timed out …
        Some(SqlxError::Io(_) | SqlxError::WorkerCrashed | SqlxError::BeginFailed) => true,
        // Bytes that are no answer: the other side died within a message.
        Some(SqlxError::Protocol(_)) => true,
        // A TLS session that was cut reports the socket's error wrapped.
        Some(SqlxError::Tls(cause)) => cause.downcast_ref::<std::io::Error>().is_some(),
        Some(SqlxError::Database(cause)) => server_hung_up(cause.as_ref()),
        _ => matches!(error, DbErr::Conn(RuntimeErr::Internal(_))),
    }
}

/// True if the connection knows the server as it was: the schema has changed under its prepared statements, or the server only reads
/// now, for another has taken its place. On a new connection the statement may do well.
pub fn is_outdated(error: &DbErr) -> bool {
    match driver_error(error) {
        Some(SqlxError::Database(cause)) => match cause.code().as_deref().unwrap_or_default() {
            "0A000" => cause.message().contains("cached plan"),
            code => code == "25006",
        },
        _ => false,
    }
}

/// True if the fault is the database's state and not the statement's: away, full, overloaded, only reading, or with a schema that is
/// not ours. Whoever asked may try again later.
pub fn is_unavailable(error: &DbErr) -> bool {
    if is_dropped(error) || is_outdated(error) || is_conflict(error) || trouble(error).is_some() {
        return true;
    }
    let Some(SqlxError::Database(cause)) = driver_error(error) else {
        return matches!(driver_error(error), Some(SqlxError::PoolTimedOut | SqlxError::PoolClosed));
    };
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<SqlxSqliteError>().is_some() {
        // Only reading, an error of the disk, a file that cannot be opened.
        return code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 8 | 10 | 14));
    }
    // Not enough of something · ended by an administrator or a time limit · trouble of the system · a lock that was not to be had.
    code.starts_with("53") || code.starts_with("57") || code.starts_with("58") || code == "55P03"
}

/// What a failure says of the database as a whole, if it does: no instance should serve that meets it.
pub(super) fn trouble(error: &DbErr) -> Option<&'static str> {
    let Some(SqlxError::Database(cause)) = driver_error(error) else { return None };
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<SqlxSqliteError>().is_some() {
        let primary = code.parse::<u32>().unwrap_or_default() & 0xff;
        let has_no_table = primary == 1 && cause.message().starts_with("no such table");
        return match primary {
            8 => Some(READ_ONLY),
            10 => Some("its disk fails"),
            13 => Some(FULL),
            _ => has_no_table.then_some(NO_TABLE),
        };
    }
    match code.as_ref() {
        "53100" => Some(FULL),
        "53200" => Some("it is out of memory"),
        "25006" => Some(READ_ONLY),
        "42P01" => Some(NO_TABLE),
        _ => None,
    }
}

const FULL: &str = "its disk is full";
const NO_TABLE: &str = "a table is missing: its schema is not that of this version";
pub(super) const READ_ONLY: &str = "it only reads";

fn server_hung_up(error: &dyn DatabaseError) -> bool {
    if error.try_downcast_ref::<SqlxPostgresError>().is_none() {
        return false;
    }
    match error.code().as_deref().unwrap_or_default() {
        // Administrator's or crash shutdown, starting up, idle session (alone, in a transaction) closed by the server.
        "57P01" | "57P02" | "57P03" | "57P05" | "25P03" => true,
        // Connection exceptions: poolers end a session with these. A pooler that mixes up prepared statements says 08P01 too.
        code => code.starts_with("08") && !mixes_up_statements(error),
    }
}

/// True if another transaction was in the way, this one is rolled back, and running it again is the cure.
pub fn is_conflict(error: &DbErr) -> bool {
    let Some(SqlxError::Database(cause)) = driver_error(error) else {
        return false;
    };
    let code = cause.code().unwrap_or_default();
    if cause.try_downcast_ref::<SqlxSqliteError>().is_some() {
        // SQLite reports extended codes; the low byte is the primary one: 5 busy, 6 locked.
        return code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6));
    }
    matches!(code.as_ref(), "40001" | "40P01")
}

/// True if the database ended the statement: it took too long, or was in the way of what a standby replays.
pub(super) fn is_cancelled(error: &DbErr) -> bool {
    matches!(driver_error(error), Some(SqlxError::Database(cause)) if cause.code().as_deref() == Some("57014"))
}

/// True if the answer is that of a transaction pooler which does not keep prepared statements with the client that made
/// them (PgBouncer before 1.21, or without `max_prepared_statements`).
pub fn is_pooler_mismatch(error: &DbErr) -> bool {
    match driver_error(error) {
        Some(SqlxError::Database(cause)) => mixes_up_statements(cause.as_ref()),
        _ => false,
    }
}

fn mixes_up_statements(error: &dyn DatabaseError) -> bool {
    match error.code().as_deref().unwrap_or_default() {
        // "prepared statement … does not exist" · "… already exists"
        "26000" | "42P05" => true,
        // "bind message supplies 1 parameters, but prepared statement … requires 2"; 08P01 alone may be any pooler error.
        "08P01" => error.message().contains("bind message"),
        _ => false,
    }
}

/// The constraint that a failed write ran into, if that is why it failed.
pub fn violation(error: &DbErr) -> Option<Violation> {
    let Some(SqlxError::Database(cause)) = driver_error(error) else {
        return None;
    };
    let kind = match cause.kind() {
        ErrorKind::UniqueViolation => ViolationKind::Unique,
        ErrorKind::ForeignKeyViolation => ViolationKind::ForeignKey,
        ErrorKind::CheckViolation => ViolationKind::Check,
        ErrorKind::NotNullViolation => ViolationKind::NotNull,
        ErrorKind::ExclusionViolation => ViolationKind::Overlap,
        // SQLITE_CONSTRAINT_TRIGGER: RAISE(ABORT, …) with the name of the rule for a message.
        _ if cause.code().as_deref() == Some("1811") && cause.message().contains("overlap") => ViolationKind::Overlap,
        _ if cause.code().as_deref() == Some("1811") => ViolationKind::Check,
        _ => return None,
    };
    let constraint = cause.constraint().unwrap_or_else(|| cause.message()).to_owned();
    Some(Violation { kind, constraint })
}

/// True if the database, or the way to it, failed; not for a row that is not there or a value that does not fit.
pub(super) fn from_database(error: &DbErr) -> bool {
    driver_error(error).is_some() || matches!(error, DbErr::ConnectionAcquire(_)) || is_silent(error)
}

fn driver_error(error: &DbErr) -> Option<&SqlxError> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(cause))
        | DbErr::Exec(RuntimeErr::SqlxError(cause))
        | DbErr::Query(RuntimeErr::SqlxError(cause)) => Some(cause.as_ref()),
        _ => None,
    }
}

/// The database said nothing for `limit`. Counts as a dropped connection: nobody knows what became of it.
pub(super) fn silent(limit: std::time::Duration) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(format!("the database did not answer within {} s", limit.as_secs())))
}

/// True for [`silent`]: waiting as long once more would not be a service to anyone.
pub(super) fn is_silent(error: &DbErr) -> bool {
    matches!(error, DbErr::Conn(RuntimeErr::Internal(_)))
}
