//! One change of the schema, written as the SQL it runs, so that it can be printed before it is run.

use sea_orm_migration::prelude::*;

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

impl MigrationName for Change {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.up).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, self.down).await
    }

    /// A change is applied as a whole or not at all; both databases can do that with DDL.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}

async fn run(manager: &SchemaManager<'_>, sql: fn(Dialect) -> Vec<String>) -> Result<(), DbErr> {
    let dialect = Dialect::of(manager.get_database_backend())?;
    for statement in sql(dialect) {
        manager.get_connection().execute_unprepared(&statement).await?;
    }
    Ok(())
}
