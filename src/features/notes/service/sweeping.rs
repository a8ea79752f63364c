//! Old versions of notes are removed, some at a time, each kind by the index that finds it.

use chrono::{DateTime, Utc};
use entity::{enums::NoteState, note, note_revision};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    RelationTrait, Select,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    coherence::Topics,
    db::{Database, SWEEP_BATCH, Swept, UnitOfWork, Unrecorded, is_word},
};

const BY_THE_CLOCK: Unrecorded =
    Unrecorded::of(&["note_revision"], "versions of notes that nobody will go back to are removed by the clock");

/// Of a draft so many versions are kept, however new they are: some minutes of typing without a stop.
const OF_A_DRAFT: i32 = 200;

/// Removes some versions of notes that were signed before that instant, and some of drafts that were saved before it or are not among the latest.
/// The latest of a draft stays: it is what the draft says. Two statements.
///
/// # Errors
/// The database's; the next round removes what is left.
pub(crate) async fn sweep(db: &Database, before: DateTime<Utc>) -> Result<Swept, DbErr> {
    db.sweep_by(BY_THE_CLOCK, async |uow| {
        let old = remove(uow, saved_before(before).limit(SWEEP_BATCH)).await?;
        let room = SWEEP_BATCH.saturating_sub(old);
        Ok(old + if room > 0 { remove(uow, of_long_drafts().limit(room)).await? } else { 0 })
    })
    .await
}

async fn remove(uow: &UnitOfWork, found: Select<note_revision::Entity>) -> Result<u64, DbErr> {
    let delete = note_revision::Entity::delete_many().filter(note_revision::Column::Id.in_subquery(found.into_query()));
    uow.delete_where(delete, Topics::exempt("no page shows old versions")).await
}

/// Those of notes that were signed before that instant, and of drafts those for which a newer one stands. A version is never younger than its note's
/// signature, so both are among those saved before it; the oldest first, which is how the index has them.
fn saved_before(before: DateTime<Utc>) -> Select<note_revision::Entity> {
    let replaced = is_word(note::Column::State, NoteState::Draft).and(version_of_note().gt(version()));
    versions()
        .filter(note_revision::Column::CreatedAt.lt(before))
        .filter(Condition::any().add(note::Column::SignedAt.lt(before)).add(replaced))
        .order_by_asc(note_revision::Column::CreatedAt)
}

/// Those of drafts that are not among the latest, found by the drafts, of which there are few.
fn of_long_drafts() -> Select<note_revision::Entity> {
    versions()
        .filter(is_word(note::Column::State, NoteState::Draft))
        .filter(version().lte(version_of_note().sub(OF_A_DRAFT)))
}

fn versions() -> Select<note_revision::Entity> {
    note_revision::Entity::find()
        .select_only()
        .column(note_revision::Column::Id)
        .join(JoinType::InnerJoin, note_revision::Relation::Note.def())
}

fn version() -> Expr {
    Expr::col((note_revision::Entity, note_revision::Column::Version))
}

fn version_of_note() -> Expr {
    Expr::col((note::Entity, note::Column::Version))
}
