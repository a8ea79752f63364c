//! Removing rows that are of no use any more: some at a time, by one process at a time.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Iterable, PrimaryKeyToColumn, QueryFilter,
    QuerySelect, QueryTrait, Statement,
};

use super::{Database, UnitOfWork, Unrecorded};
use crate::coherence::Topics;

/// Rows that are removed in one transaction: none of them keeps anybody waiting for long.
pub const SWEEP_BATCH: u64 = 500;

/// The advisory lock that whoever removes rows holds, for one transaction; one of the application's own.
const KEY: i64 = i64::from_be_bytes(*b"\0tm-swee");

/// What came of one batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// So many rows were removed; fewer than [`SWEEP_BATCH`]: there are no more.
    Rows(u64),
    /// Another process is at it.
    ByAnother,
}

impl Database {
    /// Removes at most [`SWEEP_BATCH`] of the rows of `E` that `which` names, which no page shows.
    ///
    /// # Errors
    /// The database's; what earlier batches removed stays removed.
    pub async fn sweep<E: EntityTrait>(&self, why: Unrecorded, which: Condition) -> Result<Swept, DbErr> {
        let Some(id) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else {
            return Ok(Swept::Rows(0));
        };
        let some = E::find().select_only().column(id).filter(which).limit(SWEEP_BATCH).into_query();
        let delete = E::delete_many().filter(id.in_subquery(some));
        self.sweep_by(why, async |uow| uow.delete_where(delete.clone(), Topics::exempt("no page shows them")).await)
            .await
    }

    /// The same for rows that pages show, or that several statements find: `remove` says which topics it touches, and removes one batch.
    ///
    /// # Errors
    /// What `remove` returns.
    pub async fn sweep_by(
        &self,
        why: Unrecorded,
        remove: impl AsyncFn(&UnitOfWork) -> Result<u64, DbErr>,
    ) -> Result<Swept, DbErr> {
        self.write_idempotent(why, async |uow| {
            if uow.may_sweep().await? { Ok(Swept::Rows(remove(uow).await?)) } else { Ok(Swept::ByAnother) }
        })
        .await
    }
}

impl UnitOfWork {
    /// Whether no other process removes rows just now. By hand: no entity knows of locks.
    async fn may_sweep(&self) -> Result<bool, DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(true);
        }
        let lock = "SELECT pg_try_advisory_xact_lock($1) AS mine";
        let asked = Statement::from_sql_and_values(DbBackend::Postgres, lock, [KEY.into()]);
        let row = self.read(async |conn| conn.query_one_raw(asked).await).await?;
        row.map_or(Ok(false), |row| row.try_get("", "mine"))
    }
}
