//! Reading much, as it stood at one moment: for what is taken away as a whole.

use sea_orm::{AccessMode, DbBackend, DbErr, IsolationLevel, TransactionOptions, TransactionTrait};

use super::Database;
use super::read::{ReadConnection, Source};

impl Database {
    /// Runs `read` in one transaction that sees nothing of what is committed after its first statement, however many statements it takes.
    /// No page depends on what it finds.
    ///
    /// Each statement has the limits of every other. A connection that is lost ends it: what was read cannot be gone on with, for the
    /// moment is over.
    ///
    /// # Errors
    /// What `read` returns, or the database's.
    pub async fn snapshot<T, E: From<DbErr>>(
        &self,
        read: impl AsyncFnOnce(&ReadConnection<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let options = match self.backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
            // A transaction that reads sees one moment there.
            _ => TransactionOptions::default(),
        };
        let begun = self.bounded(self.bare().begin_with_options(options)).await;
        let transaction = begun.inspect_err(|error| self.learn_from(error))?;
        let found = read(&ReadConnection(Source::Transaction(&transaction))).await;
        // Nothing was written; a connection that is gone has ended it already.
        if let Err(error) = self.bounded(transaction.rollback()).await {
            log::debug!("ending a snapshot: {error}");
        }
        found
    }
}
