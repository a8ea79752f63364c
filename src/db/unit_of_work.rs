//! One transaction, as services see it.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use entity::audit_entry;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, DeleteMany,
    EntityTrait, IntoActiveModel, Iterable, Select, UpdateMany,
};

use super::errors::from_database;
use super::pool_use::Wanted;
use super::read::{ReadConnection, Source};
use super::{Database, Recorded};
use crate::coherence::{Topic, Topics};

/// Postgres takes 65,535 values in a statement, SQLite 32,766.
const VALUES_A_STATEMENT: usize = 32_000;

/// The only way to write; lent by [`Database::write`] for the length of its closure.
///
/// Each write names the topics it touches: all whose pages show what it changes, for an update those of the row as it was and
/// as it becomes. A write that names none does not compile; one whose rows no cached page shows says so
/// ([`Topics::exempt`]).
///
/// Once a statement in it has failed the unit is lost: nothing of it will be committed, even if the closure answers `Ok`. That
/// is how Postgres behaves, and SQLite is held to it.
pub struct UnitOfWork {
    database: Database,
    transaction: DatabaseTransaction,
    /// Its connection is taken until its end.
    _connection: Wanted,
    failure: Mutex<Option<DbErr>>,
    touched: Mutex<BTreeSet<Topic>>,
    written: Mutex<Written>,
    afterwards: Mutex<Vec<Afterwards>>,
}

/// What is done once a unit is committed, and not at all if it is not.
pub(super) type Afterwards = Box<dyn FnOnce() + Send>;

/// What was written so far.
#[derive(Default)]
struct Written {
    /// Tables of which rows were changed, that of the trail left out.
    tables: BTreeSet<&'static str>,
    /// Whether the trail tells of it.
    has_line: bool,
}

impl UnitOfWork {
    pub(super) fn new(database: Database, (transaction, connection): (DatabaseTransaction, Wanted)) -> Self {
        Self {
            database,
            transaction,
            _connection: connection,
            failure: Mutex::default(),
            touched: Mutex::default(),
            written: Mutex::default(),
            afterwards: Mutex::default(),
        }
    }

    /// Stores a row and returns it as stored.
    ///
    /// # Errors
    /// The database's; [`super::violation`] tells which constraint refused it.
    pub async fn insert<A>(&self, row: A, topics: impl Into<Topics>) -> Result<<A::Entity as EntityTrait>::Model, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
        <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
    {
        self.touch(topics);
        self.note::<A::Entity>();
        self.run(row.insert(&self.transaction)).await
    }

    /// Writes a line of the trail, which tells of what else this unit does: the proof that it may be committed. One statement.
    ///
    /// # Errors
    /// The database's; what cannot be recorded is not done.
    pub async fn record(&self, line: audit_entry::ActiveModel) -> Result<Recorded, DbErr> {
        self.run(audit_entry::Entity::insert_many([line]).exec_without_returning(&self.transaction)).await?;
        self.written().has_line = true;
        Ok(Recorded::by_a_line())
    }

    /// Stores rows, as many a statement as the database takes. Returns how many were stored.
    ///
    /// # Errors
    /// The database's; none is stored then.
    pub async fn insert_many<A>(
        &self,
        rows: impl IntoIterator<Item = A>,
        topics: impl Into<Topics>,
    ) -> Result<u64, DbErr>
    where
        A: ActiveModelTrait + ActiveModelBehavior + Send,
    {
        self.touch(topics);
        let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
        let mut rows = rows.into_iter().peekable();
        let mut stored = 0;
        while rows.peek().is_some() {
            let batch = rows.by_ref().take(VALUES_A_STATEMENT / columns);
            self.note::<A::Entity>();
            stored += self.run(A::Entity::insert_many(batch).exec_without_returning(&self.transaction)).await?;
        }
        Ok(stored)
    }

    /// Changes the rows that match, and returns how many did: the compare-and-set of a transition asks for its state and
    /// version in the filter, and 0 means that somebody was faster.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_where<E: EntityTrait>(
        &self,
        update: UpdateMany<E>,
        topics: impl Into<Topics>,
    ) -> Result<u64, DbErr> {
        let changed = self.run(update.exec(&self.transaction)).await?.rows_affected;
        self.touch_if::<E>(changed, topics);
        Ok(changed)
    }

    /// Changes the rows that match, and returns them as they became; `topics` are told from these.
    ///
    /// # Errors
    /// The database's.
    pub async fn update_returning<E: EntityTrait>(
        &self,
        update: UpdateMany<E>,
        topics: impl FnOnce(&[E::Model]) -> Topics,
    ) -> Result<Vec<E::Model>, DbErr> {
        let changed = self.run(update.exec_with_returning(&self.transaction)).await?;
        if !changed.is_empty() {
            self.note::<E>();
        }
        self.touch(topics(&changed));
        Ok(changed)
    }

    /// Removes the rows that match, and returns how many did.
    ///
    /// # Errors
    /// The database's.
    pub async fn delete_where<E: EntityTrait>(
        &self,
        delete: DeleteMany<E>,
        topics: impl Into<Topics>,
    ) -> Result<u64, DbErr> {
        let removed = self.run(delete.exec(&self.transaction)).await?.rows_affected;
        self.touch_if::<E>(removed, topics);
        Ok(removed)
    }

    /// Reads within the transaction, its own writes included. `FOR UPDATE` works here.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read<T>(&self, read: impl AsyncFnOnce(&ReadConnection<'_>) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let connection = ReadConnection(Source::Transaction(&self.transaction));
        self.run(read(&connection)).await
    }

    /// The rows that match, read within the transaction: for the bookkeeping between the work and COMMIT, which runs in a
    /// task of its own.
    pub(super) async fn all<E: EntityTrait>(&self, find: Select<E>) -> Result<Vec<E::Model>, DbErr> {
        self.run(find.all(&self.transaction)).await
    }

    /// A statement that changed no row touched nothing.
    fn touch_if<E: EntityTrait>(&self, rows: u64, topics: impl Into<Topics>) {
        if rows > 0 {
            self.note::<E>();
            self.touch(topics);
        }
    }

    /// Topics that changed besides those of the statements: what a caller knows and no single write does.
    pub fn touch(&self, topics: impl Into<Topics>) {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).extend(topics.into().named());
    }

    /// Does that when the unit is committed, and not before: a unit may be run again, or lost. For what is counted of it; nobody waits for it, and it
    /// is not done where nobody can tell whether it was committed.
    pub fn once_committed(&self, then: impl FnOnce() + Send + 'static) {
        self.afterwards.lock().unwrap_or_else(PoisonError::into_inner).push(Box::new(then));
    }

    /// What is to be done when it is committed.
    pub(super) fn afterwards(&self) -> Vec<Afterwards> {
        std::mem::take(&mut *self.afterwards.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Rows of this table were changed.
    fn note<E: EntityTrait>(&self) {
        self.written().tables.insert(E::default().table_name());
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tables of which rows were changed, that of the trail left out.
    pub(super) fn changed_tables(&self) -> BTreeSet<&'static str> {
        self.written().tables.clone()
    }

    /// Whether a line of the trail was written.
    pub(super) fn has_line(&self) -> bool {
        self.written().has_line
    }

    /// Postgres or SQLite.
    pub(super) fn backend(&self) -> DbBackend {
        self.database.backend()
    }

    /// All topics that were touched.
    pub(super) fn touched(&self) -> BTreeSet<Topic> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
