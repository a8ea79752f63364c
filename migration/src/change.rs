//! One change of the schema, written as the SQL it runs, so that it can be printed before it is run.
//!
//! # On a database that is in use
//!
//! A change that only makes or drops indexes is run on Postgres statement by statement, `CONCURRENTLY`, so that nobody waits for it. When it
//! is broken off it is run again: what is there stays, and an index that was left unfinished is dropped and made anew. The result is the
//! same as in one transaction, so this holds for released changes too, whose files stay as they are.
//!
//! Every other change is one transaction and waits two seconds at most for a lock: whoever comes after it in the queue of a table, a
//! reader too, waits behind it. Then it gives up its place and is tried again (`runner`).

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::Statement;

use crate::dialect::Dialect;

/// A reversible change. Its statements may not depend on what is in the database: `plan` prints
/// exactly what `up` runs.
#[derive(Clone, Copy)]
pub(crate) struct Change {
    /// Recorded in `seaql_migrations`; names sort in the order of application.
    pub(crate) name: &'static str,
    /// The statements that make the change.
    pub(crate) up: fn(Dialect) -> Vec<String>,
    /// The statements that take it back.
    pub(crate) down: fn(Dialect) -> Vec<String>,
}

/// How long a transaction waits for a lock, and everybody behind it.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '2s'";

impl Change {
    /// The statements that make it, as they are run.
    pub(crate) fn statements(&self, dialect: Dialect) -> Vec<String> {
        self.as_run(dialect, (self.up)(dialect))
    }

    fn as_run(&self, dialect: Dialect, statements: Vec<String>) -> Vec<String> {
        let is_online = self.is_about_indexes() && dialect == Dialect::Postgres;
        if is_online { statements.iter().map(|statement| online(statement)).collect() } else { statements }
    }

    /// Whether it makes and drops indexes and does nothing else.
    fn is_about_indexes(&self) -> bool {
        let is_about_an_index = |statement: &String| INDEXES.iter().any(|(start, _)| statement.starts_with(start));
        (self.up)(Dialect::Postgres).iter().all(is_about_an_index)
    }

    async fn run(&self, manager: &SchemaManager<'_>, sql: fn(Dialect) -> Vec<String>) -> Result<(), DbErr> {
        let dialect = Dialect::of(manager.get_database_backend())?;
        let connection = manager.get_connection();
        let is_online = self.is_about_indexes();
        if dialect == Dialect::Postgres && !is_online {
            connection.execute_unprepared(LOCK_TIMEOUT).await?;
        }
        for statement in self.as_run(dialect, sql(dialect)) {
            if dialect == Dialect::Postgres && is_online {
                drop_unfinished(manager, &statement).await?;
            }
            connection.execute_unprepared(&statement).await?;
        }
        Ok(())
    }
}

const INDEXES: [(&str, &str); 3] = [
    ("CREATE INDEX ", "CREATE INDEX CONCURRENTLY IF NOT EXISTS "),
    ("CREATE UNIQUE INDEX ", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "),
    ("DROP INDEX ", "DROP INDEX CONCURRENTLY IF EXISTS "),
];

/// The same so that nobody waits for it, and it may be run again.
fn online(statement: &str) -> String {
    let written = INDEXES.iter().find_map(|(start, online)| {
        let rest = statement.strip_prefix(start)?;
        Some(format!("{online}{rest}"))
    });
    written.unwrap_or_else(|| statement.to_owned())
}

/// Drops the index that `statement` makes, if it is there and was never finished: `IF NOT EXISTS` would let it stand.
async fn drop_unfinished(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    let Some(name) = statement.split_once(" IF NOT EXISTS ").and_then(|(_, rest)| rest.split(' ').next()) else {
        return Ok(());
    };
    let unfinished = "SELECT 1 AS found FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid";
    let connection = manager.get_connection();
    let asked = Statement::from_sql_and_values(manager.get_database_backend(), unfinished, [name.into()]);
    if connection.query_one_raw(asked).await?.is_some() {
        log::info!("the index {name} was left unfinished; it is made anew");
        connection.execute_unprepared(&format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")).await?;
    }
    Ok(())
}

impl MigrationName for Change {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.run(manager, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        self.run(manager, self.down).await
    }

    /// A change is applied as a whole or not at all, but one of indexes: on Postgres that is made so that nobody waits, which no
    /// transaction can. On SQLite all changes are in one transaction anyway.
    fn use_transaction(&self) -> Option<bool> {
        Some(!self.is_about_indexes())
    }
}
