//! One transaction, as services see it.

use std::sync::{Mutex, PoisonError};

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, DeleteMany, EntityTrait,
    IntoActiveModel, Iterable, UpdateMany,
};

use super::Database;
use super::errors::from_database;
use super::read::{ReadConnection, Source};

/// Postgres takes 65,535 values in a statement, SQLite 32,766.
const VALUES_A_STATEMENT: usize = 32_000;

/// The only way to write; lent by [`Database::write`] for the length of its closure.
///
/// Once a statement in it has failed the unit is lost: nothing of it will be committed, even if the closure answers `Ok`. That
/// is how Postgres behaves, and SQLite is held to it.
pub struct UnitOfWork {
    database: Database,
    transaction: DatabaseTransaction,
    failure: Mutex<Option<DbErr>>,
}

impl UnitOfWork {
    pub(super) fn new(database: Database, transaction: DatabaseTransaction) -> Self {
        Self { database, transaction, failure: Mutex::new(None) }
    }

    /// Stores a row and returns it as stored.
    ///
    /// # Errors
    /// The database's; [`super::violation`] tells which constraint refused it.
    pub async fn insert<A>(&self, row: A) -> Result<<A::Entity as EntityTrait>::Model, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        self.run(row.insert(&self.transaction)).await
    }

    /// Stores rows, as many a statement as the database takes. Returns how many were stored.
    ///
    /// # Errors
    /// The database's; none is stored then.
    pub async fn insert_many<A>(&self, rows: impl IntoIterator<Item = A>) -> Result<u64, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
    {
        let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
        let mut rows = rows.into_iter().peekable();
        let mut stored = 0;
        while rows.peek().is_some() {
            let batch = rows.by_ref().take(VALUES_A_STATEMENT / columns);
            stored += self.run(A::Entity::insert_many(batch).exec_without_returning(&self.transaction)).await?;
        }
        Ok(stored)
    }

    /// Stores a row unless `conflict` says otherwise (do nothing, or update the row that is there). Returns how many rows were
    /// stored or changed: 0 or 1.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_or<A>(&self, row: A, conflict: OnConflict) -> Result<u64, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
    {
        let insert = A::Entity::insert(row).on_conflict(conflict);
        self.run(insert.exec_without_returning(&self.transaction)).await
    }

    /// Changes the row with this primary key in the columns that are set, and returns it as stored.
    ///
    /// # Errors
    /// `RecordNotUpdated` if there is no such row; else the database's.
    pub async fn update<A>(&self, row: A) -> Result<<A::Entity as EntityTrait>::Model, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        self.run(row.update(&self.transaction)).await
    }

    /// Changes the rows that match, and returns how many did: the compare-and-set of a transition asks for its state and
    /// version in the filter, and 0 means that somebody was faster.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_where<E: EntityTrait>(&self, update: UpdateMany<E>) -> Result<u64, DbErr> {
        Ok(self.run(update.exec(&self.transaction)).await?.rows_affected)
    }

    /// Removes the rows that match, and returns how many did.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_where<E: EntityTrait>(&self, delete: DeleteMany<E>) -> Result<u64, DbErr> {
        Ok(self.run(delete.exec(&self.transaction)).await?.rows_affected)
    }

    /// Reads within the transaction, its own writes included. `FOR UPDATE` works here.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read<T>(&self, read: impl AsyncFnOnce(&ReadConnection<'_>) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let connection = ReadConnection(Source::Transaction(&self.transaction));
        self.run(read(&connection)).await
    }

    /// Runs a statement of the bookkeeping that is not counted.
    pub(super) async fn prepare(&self, statement: sea_orm::Statement) -> Result<Option<sea_orm::QueryResult>, DbErr> {
        self.run(self.transaction.query_one_raw(statement)).await
    }

    /// Ends the unit with COMMIT.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        self.database.bounded(self.transaction.commit()).await
    }

    /// Ends the unit with ROLLBACK. That it fails changes nothing: a lost connection rolls back by itself.
    pub(super) async fn roll_back(self) {
        if let Err(error) = self.database.bounded(self.transaction.rollback()).await {
            self.database.learn_from(&error);
            log::debug!("rolling back: {error}");
        }
    }

    /// The first failure of a statement, if one failed.
    pub(super) fn failure(&self) -> Option<DbErr> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn run<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let result = self.database.bounded(statement).await;
        if let Err(error) = &result
            && from_database(error)
        {
            self.database.learn_from(error);
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| error.clone());
        }
        result
    }
}

impl std::fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnitOfWork")
    }
}
