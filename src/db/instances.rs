//! The processes that share the cache's store, as rows of `cache_instance`: what is known of them where Redis does not reach.
//!
//! See [`Membership`] for what this is good for. Owns the table `cache_instance`.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use entity::cache_instance::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, Select,
};

use super::outbox::NO_PAGE;
use super::{Database, UnitOfWork, Unrecorded};
use crate::coherence::Membership;
use crate::integrations::clock::Clock;

const PROCESSES: Unrecorded = Unrecorded::of(&["cache_instance"], "which processes share a cache is no record");

/// A process that cannot reach the store shows a sign of life this often, …
const BEAT: Duration = Duration::from_secs(10);
/// … and one that has shown none for so long is taken for dead.
const DEAD: Duration = Duration::from_secs(60);

/// What the task that reads the outbox remembers between two rounds.
#[derive(Debug, Default)]
pub(super) struct Watch {
    has_row: bool,
    beaten: Option<Instant>,
    is_apart: bool,
    /// The last sign of life of those that are missing, and when it was another one.
    signs: HashMap<String, (i64, Instant)>,
}

impl Watch {
    /// Keeps this process's row, reads the others' when the store asks for it, and strikes off who is dead.
    pub(super) async fn look(&mut self, database: &Database, membership: &Arc<Membership>) -> Result<(), DbErr> {
        if !self.has_row {
            join(database, membership).await?;
            self.has_row = true;
        }
        if let Some(mark) = membership.unconfirmed() {
            let names = all(database).await?.into_iter().map(|row| row.name);
            membership.confirm(&mark, names);
        }
        self.show_life(database, membership).await?;
        self.strike_off_the_dead(database, membership).await
    }

    /// While this process cannot reach the store it says so, and that it lives.
    async fn show_life(&mut self, database: &Database, membership: &Arc<Membership>) -> Result<(), DbErr> {
        if !membership.is_silent() && (membership.is_registered() || database.store_is_back().await) {
            self.is_apart = false;
            return Ok(());
        }
        if self.is_apart && self.beaten.is_some_and(|at| at.elapsed() < BEAT) {
            return Ok(());
        }
        // From here on it relies on the outbox alone, whoever is missing.
        drop(membership.silence().await);
        if stand_apart(database, membership, true).await? == 0 {
            // It was taken for dead.
            membership.was_struck_off();
            self.has_row = false;
            return Ok(());
        }
        self.is_apart = true;
        self.beaten = Some(Instant::now());
        Ok(())
    }

    async fn strike_off_the_dead(&mut self, database: &Database, membership: &Arc<Membership>) -> Result<(), DbErr> {
        let missing = membership.missing();
        self.signs.retain(|name, _| missing.contains(name));
        if missing.is_empty() {
            return Ok(());
        }
        let rows: HashMap<String, Model> =
            all(database).await?.into_iter().map(|row| (row.name.clone(), row)).collect();
        for name in missing {
            let beats = rows.get(&name).map_or(-1, |row| row.beats);
            let sign = self.signs.entry(name.clone()).or_insert((beats, Instant::now()));
            if sign.0 != beats {
                *sign = (beats, Instant::now());
            }
            let is_gone = !rows.contains_key(&name);
            if is_gone || sign.1.elapsed() > DEAD {
                strike_off(database, &name).await?;
            }
        }
        Ok(())
    }
}

/// First the row, which waits for whatever the process is just committing; then what it has left in the outbox; then the registry.
async fn strike_off(database: &Database, name: &str) -> Result<(), DbErr> {
    remove(database, name).await?;
    if database.read_outbox().await? == 0
        && let Some(coherence) = database.coherence()
    {
        log::info!("process {name} is gone, and nobody waits for it any more");
        coherence.strike_off(name).await;
    }
    Ok(())
}

/// Takes a process's row out.
pub(super) async fn remove(database: &Database, name: &str) -> Result<(), DbErr> {
    let gone =
        async |uow: &UnitOfWork| uow.delete_where(Entity::delete_many().filter(Column::Name.eq(name)), NO_PAGE).await;
    database.write_idempotent(PROCESSES, gone).await.map(drop)
}

/// Notes whether this process stands apart. 0: it has no row any more.
pub(super) async fn stand_apart(database: &Database, membership: &Membership, apart: bool) -> Result<u64, DbErr> {
    let note = Entity::update_many()
        .col_expr(Column::Apart, Expr::value(apart))
        .col_expr(Column::Beats, Expr::col(Column::Beats).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(Clock::system().now()))
        .filter(Column::Name.eq(membership.process()));
    database.write_idempotent(PROCESSES, async |uow| uow.update_where(note.clone(), NO_PAGE).await).await
}

/// Whether a process has its row. Asked without a reader, since also where nobody waits any more.
pub(super) async fn is_there(database: &Database, name: &str) -> Result<bool, DbErr> {
    let find = Entity::find().filter(Column::Name.eq(name));
    database.bounded(find.one(database.bare())).await.map(|row| row.is_some())
}

/// Whether `unit` may be committed although its topics cannot be held. Locks what it relies on until then.
///
/// # Errors
/// That it may not, which is told as a database that is away; or the database's.
pub(super) async fn allow_unheard(unit: &UnitOfWork, membership: &Membership) -> Result<(), DbErr> {
    let backend = unit.backend();
    let own = Entity::find().filter(Column::Name.eq(membership.process()));
    let is_known = !unit.all(with_lock(own, backend)).await?.is_empty();
    if membership.was_registered() && is_known {
        return Ok(());
    }
    // It would not be missed: only where nobody relies on being told. Whoever starts later finds its row; without one, never.
    // All of them are locked, also those that stand apart: one that takes this back waits for the COMMIT, and reads the outbox after it.
    let others = Entity::find().filter(Column::Name.ne(membership.process()));
    if !is_known || unit.all(with_lock(others, backend)).await?.iter().any(|row| !row.apart) {
        log::warn!(
            "nothing can be written: redis cannot be reached from here, and others rely on being told through it"
        );
        return Err(DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout));
    }
    Ok(())
}

/// A row that is read so cannot be changed or removed before the end of the transaction. On SQLite nobody else writes meanwhile anyway.
fn with_lock(find: Select<Entity>, backend: DbBackend) -> Select<Entity> {
    match backend {
        DbBackend::Postgres => find.lock(LockType::Share),
        _ => find,
    }
}

/// Puts this process into the table, so that it may register.
pub(super) async fn join(database: &Database, membership: &Membership) -> Result<(), DbErr> {
    insert(database, membership.process()).await?;
    membership.has_row();
    Ok(())
}

async fn all(database: &Database) -> Result<Vec<Model>, DbErr> {
    database.reader().run(NO_PAGE, async |conn| Entity::find().all(conn).await).await
}

async fn insert(database: &Database, name: &str) -> Result<(), DbErr> {
    let now = Clock::system().now();
    let row = ActiveModel {
        name: Set(name.to_owned()),
        apart: Set(false),
        beats: Set(0),
        created_at: Set(now),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    if is_there(database, name).await? {
        return Ok(());
    }
    database.write_unrecorded(PROCESSES, async |uow| uow.insert(row.clone(), NO_PAGE).await).await.map(drop)
}
