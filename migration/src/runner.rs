//! What can be done with the changes: look at them, print them, apply them, take them back.

use std::collections::HashSet;
use std::time::Duration;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, RuntimeErr, Statement, TransactionTrait,
};

use crate::changes;
use crate::dialect::Dialect;
use crate::effects;
use crate::lock::{AdvisoryLock, begin_immediate};

const RECORD: &str = "seaql_migrations";

/// A change that does not get its locks is tried again this often, about ten minutes in all, …
const TRIES: u32 = 24;
/// … after this pause, then twice that, and so on.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The changes as SeaORM sees them. Use [`up`] and the others instead: they take the lock.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        changes::ALL.into_iter().map(|change| Box::new(change) as Box<dyn MigrationTrait>).collect()
    }
}

/// Where a change stands in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is in the schema.
    Applied,
    /// `up` would apply it.
    Pending,
    /// A newer program applied it; this one does not know it.
    Unknown,
}

/// A pending change and the statements that `up` would run for it.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The change's name.
    pub name: String,
    /// Complete statements, without the closing semicolon.
    pub statements: Vec<String>,
    /// What to know before it is applied to a database that is in use, a line each: the locks, with the size of each table as it is
    /// now, and whether servers of the release before may fail.
    pub notes: Vec<String>,
}

/// Names of the changes that this program knows and the database has not, oldest first.
///
/// Creates nothing, takes no lock. A database that is ahead of this program is not an error: old
/// and new servers run side by side while a release goes out.
pub async fn pending(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let applied = applied(&db.into()).await?;
    Ok(changes::ALL
        .iter()
        .filter(|change| !applied.contains(change.name))
        .map(|change| change.name.to_owned())
        .collect())
}

/// Every change, known or found in the database, with its state, oldest first. Creates nothing.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<(String, State)>, DbErr> {
    let mut applied = applied(&db.into()).await?;
    let mut all: Vec<(String, State)> = changes::ALL
        .iter()
        .map(|change| match applied.remove(change.name) {
            true => (change.name.to_owned(), State::Applied),
            false => (change.name.to_owned(), State::Pending),
        })
        .collect();
    all.extend(applied.into_iter().map(|name| (name, State::Unknown)));
    all.sort_by(|one, other| one.0.cmp(&other.0));
    Ok(all)
}

/// The statements that [`up`] would run now. Creates nothing.
pub async fn plan(db: &DatabaseConnection) -> Result<Vec<Planned>, DbErr> {
    let dialect = Dialect::of(db.get_database_backend())?;
    let applied = applied(&db.into()).await?;
    let mut planned = Vec::new();
    for change in changes::ALL.iter().filter(|change| !applied.contains(change.name)) {
        let statements = change.statements(dialect);
        let notes = notes(db, dialect, &statements).await?;
        planned.push(Planned { name: change.name.to_owned(), statements, notes });
    }
    Ok(planned)
}

async fn notes(db: &DatabaseConnection, dialect: Dialect, statements: &[String]) -> Result<Vec<String>, DbErr> {
    let mut notes = Vec::new();
    if dialect == Dialect::Sqlite {
        return Ok(notes);
    }
    if statements.iter().any(|statement| effects::breaks_running_servers(statement)) {
        notes.push("NOT while servers of the release before are running: stop them first".to_owned());
    }
    for table in statements.iter().filter_map(|statement| effects::reads_all_of(statement)) {
        notes.push(format!("each row of {table} is read under its lock"));
    }
    for (table, lock) in statements.iter().flat_map(|statement| effects::locks(statement)) {
        let size = "SELECT greatest(reltuples, 0)::bigint AS rows, pg_size_pretty(pg_total_relation_size(oid)) AS size
           FROM pg_class WHERE oid = to_regclass($1)";
        let asked = Statement::from_sql_and_values(db.get_database_backend(), size, [format!("\"{table}\"").into()]);
        // What is not there yet is nobody's to wait for.
        let Some(row) = db.query_one_raw(asked).await? else { continue };
        let (rows, size): (i64, String) = (row.try_get("", "rows")?, row.try_get("", "size")?);
        let note = format!("{table} ({rows} rows, {size}): {}", lock.words());
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    Ok(notes)
}

/// Applies what is pending, under the lock. Returns the names of what it applied.
pub async fn up(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    exclusively(db, Work::Up).await
}

/// Takes back the last `steps` changes, under the lock. Returns their names, newest first.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<Vec<String>, DbErr> {
    exclusively(db, Work::Down(steps)).await
}

/// Drops every table with everything in it, then applies all changes, under the lock. Returns
/// the names of what it applied.
pub async fn fresh(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    exclusively(db, Work::Fresh).await
}

#[derive(Clone, Copy)]
enum Work {
    Up,
    Down(u32),
    Fresh,
}

async fn exclusively(db: &DatabaseConnection, work: Work) -> Result<Vec<String>, DbErr> {
    match Dialect::of(db.get_database_backend())? {
        Dialect::Postgres => {
            let lock = AdvisoryLock::take(db).await?;
            let done = perform(work, || db.into()).await;
            lock.release().await?;
            done
        }
        Dialect::Sqlite => {
            let transaction = begin_immediate(db).await?;
            let done = perform(work, || (&transaction).into()).await?;
            transaction.commit().await?;
            Ok(done)
        }
    }
}

async fn perform<'c>(work: Work, db: impl Fn() -> DatabaseExecutor<'c>) -> Result<Vec<String>, DbErr> {
    if let Work::Fresh = work {
        drop_everything(&db()).await?;
    }
    let before = applied(&db()).await?;
    let mut tries = 0;
    while let Err(error) = perform_once(work, before.len(), &db).await {
        if !is_lock_timeout(&error) || tries == TRIES {
            return Err(error);
        }
        let pause = PAUSE.saturating_mul(2_u32.saturating_pow(tries)).min(LONGEST_PAUSE);
        tries += 1;
        log::info!("a table is in use by a transaction that goes on; try {tries} in {} s: {error}", pause.as_secs());
        tokio::time::sleep(pause).await;
    }
    let after = applied(&db()).await?;
    let mut changed: Vec<String> = before.symmetric_difference(&after).cloned().collect();
    changed.sort();
    if let Work::Down(_) = work {
        changed.reverse();
    }
    Ok(changed)
}

/// What is left of it; `before`: how many changes were applied when it began.
async fn perform_once<'c>(work: Work, before: usize, db: &impl Fn() -> DatabaseExecutor<'c>) -> Result<(), DbErr> {
    let Work::Down(steps) = work else { return Migrator::up(db(), None).await };
    let taken = before.saturating_sub(applied(&db()).await?.len());
    match steps.saturating_sub(<u32 as TryFrom<usize>>::try_from(taken).unwrap_or(u32::MAX)) {
        0 => Ok(()),
        left => Migrator::down(db(), Some(left)).await,
    }
}

/// A lock was not to be had within the time of a change.
fn is_lock_timeout(error: &DbErr) -> bool {
    let (DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause))) = error else {
        return false;
    };
    cause.as_database_error().and_then(|error| error.code()).is_some_and(|code| code == "55P03")
}

/// Names of the changes recorded in the database; none if it keeps no record yet.
async fn applied(db: &DatabaseExecutor<'_>) -> Result<HashSet<String>, DbErr> {
    let backend = db.get_database_backend();
    let exists = match Dialect::of(backend)? {
        Dialect::Postgres => {
            format!("SELECT 1 AS found WHERE to_regclass('{RECORD}') IS NOT NULL")
        }
        Dialect::Sqlite => {
            format!("SELECT 1 AS found FROM sqlite_master WHERE name = '{RECORD}'")
        }
    };
    let found = db.query_one_raw(Statement::from_string(backend, exists));
    if found.await?.is_none() {
        return Ok(HashSet::new());
    }
    let names = Statement::from_string(backend, format!("SELECT version FROM {RECORD}"));
    let rows = db.query_all_raw(names).await?;
    rows.iter().map(|row| row.try_get("", "version")).collect()
}

async fn drop_everything(db: &DatabaseExecutor<'_>) -> Result<(), DbErr> {
    let transaction = db.begin().await?;
    let backend = transaction.get_database_backend();
    let (tables, cascade) = match Dialect::of(backend)? {
        // Tables that belong to an extension are not ours to drop.
        Dialect::Postgres => (
            "SELECT relname AS name FROM pg_class
             WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace
               AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')",
            " CASCADE",
        ),
        Dialect::Sqlite => {
            // Tables go in no particular order; references need only be whole at the end.
            let defer = "PRAGMA defer_foreign_keys = ON";
            transaction.execute_unprepared(defer).await?;
            ("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'", "")
        }
    };
    let rows = transaction.query_all_raw(Statement::from_string(backend, tables)).await?;
    for row in rows {
        let name: String = row.try_get("", "name")?;
        let drop = format!("DROP TABLE \"{}\"{cascade}", name.replace('"', "\"\""));
        transaction.execute_unprepared(&drop).await?;
    }
    transaction.commit().await
}
