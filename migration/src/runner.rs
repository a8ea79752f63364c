//! What can be done with the changes: look at them, print them, apply them, take them back.

use std::collections::HashSet;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseExecutor, Statement, TransactionTrait};

use crate::changes;
use crate::dialect::Dialect;
use crate::lock::{AdvisoryLock, begin_immediate};

const RECORD: &str = "seaql_migrations";

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
    Ok(changes::ALL
        .iter()
        .filter(|change| !applied.contains(change.name))
        .map(|change| Planned { name: change.name.to_owned(), statements: (change.up)(dialect) })
        .collect())
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
    match work {
        Work::Up | Work::Fresh => Migrator::up(db(), None).await?,
        Work::Down(steps) => Migrator::down(db(), Some(steps)).await?,
    }
    let after = applied(&db()).await?;
    let mut changed: Vec<String> = before.symmetric_difference(&after).cloned().collect();
    changed.sort();
    if let Work::Down(_) = work {
        changed.reverse();
    }
    Ok(changed)
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
