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
    UpdateMany,
};

use super::outbox::NO_PAGE;
use super::{Database, UnitOfWork, Unrecorded};
use crate::coherence::{DEAD, Membership, boot_clock};
use crate::integrations::clock::Clock;

const PROCESSES: Unrecorded = Unrecorded::of(&["cache_instance"], "which processes share a cache is no record");

/// A process shows a sign of life this often at least.
const BEAT: Duration = Duration::from_secs(10);
/// How many times all of them are looked over before one without a sign counts as gone, whatever Redis says of it.
const LOOKS: u32 = 10;

/// What the task that reads the outbox remembers between two rounds.
#[derive(Debug, Default)]
pub(super) struct Watch {
    has_row: bool,
    beaten: Option<Instant>,
    is_apart: bool,
    looked: Option<Instant>,
    compared: Option<Instant>,
    /// The last sign of life of each process, and when it was first seen.
    signs: HashMap<String, (i64, Instant)>,
    /// Since when each process has been missing in the registry, in every answer.
    missing_since: HashMap<String, Instant>,
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
        self.compare(database).await?;
        self.strike_off_the_dead(database, membership).await
    }

    /// Its row was found gone: it was taken for dead. The next look gets another, before it relies on anything.
    pub(super) fn was_struck_off(&mut self, membership: &Membership) {
        membership.was_struck_off();
        self.has_row = false;
    }

    /// Says that this process lives, and whether it stands apart since it cannot reach the store.
    async fn show_life(&mut self, database: &Database, membership: &Arc<Membership>) -> Result<(), DbErr> {
        let is_cut_off = membership.is_silent() || !(membership.is_registered() || database.store_is_back().await);
        self.is_apart &= is_cut_off;
        let pause = BEAT.min(membership.row_lease() / LOOKS);
        if self.is_apart == is_cut_off && self.beaten.is_some_and(|at| at.elapsed() < pause) {
            return Ok(());
        }
        if is_cut_off {
            // From here on it relies on the outbox alone, whoever is missing.
            drop(membership.silence().await);
        }
        let began = boot_clock::now();
        let found = if is_cut_off {
            stand_apart(database, membership, true).await?
        } else {
            beat(database, membership).await?
        };
        if found == 0 {
            self.was_struck_off(membership);
            return Ok(());
        }
        membership.has_row(began);
        self.is_apart = is_cut_off;
        self.beaten = Some(Instant::now());
        Ok(())
    }

    /// Looks whether the instances agree on secret and version.
    async fn compare(&mut self, database: &Database) -> Result<(), DbErr> {
        if self.compared.is_none_or(|at| at.elapsed() > BEAT) {
            database.compare_instances().await?;
            self.compared = Some(Instant::now());
        }
        Ok(())
    }

    async fn strike_off_the_dead(&mut self, database: &Database, membership: &Arc<Membership>) -> Result<(), DbErr> {
        // What an old answer said of the others is no longer so.
        let missing = if membership.is_registered() { membership.missing() } else { Vec::new() };
        self.note_missing(&missing);
        let pause = membership.row_lease() / LOOKS;
        if missing.is_empty() && self.looked.is_some_and(|at| at.elapsed() < pause) {
            return Ok(());
        }
        let rows = all(database).await?;
        self.looked = Some(Instant::now());
        self.note_signs(&rows);
        let lapsed = |name: &&String| self.is_missing_for_good(name, membership.lease());
        for name in missing.iter().filter(|name| !self.signs.contains_key(*name)).filter(lapsed) {
            strike_off(database, name, None).await?;
        }
        for (name, (beats, since)) in self.signs.iter().filter(|(name, _)| *name != membership.process()) {
            let silent = since.elapsed();
            if silent > membership.row_lease() || silent > DEAD && lapsed(&name) {
                strike_off(database, name, Some(*beats)).await?;
            }
        }
        Ok(())
    }

    fn note_missing(&mut self, missing: &[String]) {
        let now = Instant::now();
        self.missing_since.retain(|name, _| missing.contains(name));
        for name in missing {
            self.missing_since.entry(name.clone()).or_insert(now);
        }
    }

    /// A registration may lapse at the server for a moment without its process noticing, while Redis is slow: the next renewal brings it
    /// back. One that was missing for two leases is either gone or knows that it is not registered.
    fn is_missing_for_good(&self, name: &str, lease: Duration) -> bool {
        self.missing_since.get(name).is_some_and(|since| since.elapsed() > 2 * lease)
    }

    fn note_signs(&mut self, rows: &[Model]) {
        let known = std::mem::take(&mut self.signs);
        let now = Instant::now();
        for row in rows {
            let since = known.get(&row.name).filter(|(beats, _)| *beats == row.beats).map_or(now, |(_, since)| *since);
            self.signs.insert(row.name.clone(), (row.beats, since));
        }
    }
}

/// First the row, which waits for whatever the process is just committing; then what it has left in the outbox; then the registry. The row
/// only as it was seen, with so many `beats`: whoever shows life just then is there.
async fn strike_off(database: &Database, name: &str, beats: Option<i64>) -> Result<(), DbErr> {
    if let Some(beats) = beats {
        let find = Entity::delete_many().filter(Column::Name.eq(name)).filter(Column::Beats.eq(beats));
        if database.write_idempotent(PROCESSES, async |uow| uow.delete_where(find.clone(), NO_PAGE).await).await? == 0 {
            return Ok(());
        }
    }
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

/// Counts the own row up. 0: there is none any more.
async fn beat(database: &Database, membership: &Membership) -> Result<u64, DbErr> {
    change(database, sign_of(membership)).await
}

/// Notes whether this process stands apart. 0: it has no row any more.
pub(super) async fn stand_apart(database: &Database, membership: &Membership, apart: bool) -> Result<u64, DbErr> {
    change(database, sign_of(membership).col_expr(Column::Apart, Expr::value(apart))).await
}

fn sign_of(membership: &Membership) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Beats, Expr::col(Column::Beats).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(Clock::system().now()))
        .filter(Column::Name.eq(membership.process()))
}

async fn change(database: &Database, note: UpdateMany<Entity>) -> Result<u64, DbErr> {
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
pub(super) async fn allow_unannounced(unit: &UnitOfWork, membership: &Membership) -> Result<(), DbErr> {
    if membership.has_left() {
        log::warn!("nothing is written any more: this process ends, and nobody would hear of it");
        return Err(DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout));
    }
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
    let began = boot_clock::now();
    // A row that is there already is counted up: somebody may be about to strike it off.
    if beat(database, membership).await? == 0 {
        insert(database, membership.process()).await?;
    }
    membership.has_row(began);
    database.compare_instances().await
}

async fn all(database: &Database) -> Result<Vec<Model>, DbErr> {
    database.reader().run(NO_PAGE, async |conn| Entity::find().all(conn).await).await
}

async fn insert(database: &Database, name: &str) -> Result<(), DbErr> {
    let now = Clock::system().now();
    let own = database.acquaintance().introduction();
    let row = ActiveModel {
        name: Set(name.to_owned()),
        apart: Set(false),
        beats: Set(1),
        version: Set(own.map(|own| own.version.clone())),
        key_fingerprint: Set(own.map(|own| own.key_fingerprint.clone())),
        created_at: Set(now),
        updated_at: Set(now),
        ..ActiveModel::default()
    };
    database.write_unrecorded(PROCESSES, async |uow| uow.insert(row.clone(), NO_PAGE).await).await.map(drop)
}
