//! What was written about the person's visits: words give way to what says that they were erased.

use entity::message::{self, Column};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{BATCH, ErasedPerson, GONE, PARTS, queries};
use crate::{
    coherence::Topics,
    db::{Database, UnitOfWork},
};

/// Empties all of them.
pub(super) async fn erase(db: &Database, person: ErasedPerson) -> Result<(), DbErr> {
    while db.write_unrecorded(PARTS, async |uow| texts(uow, person).await).await? > 0 {}
    Ok(())
}

async fn texts(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    let some = queries::messages(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let update = message::Entity::update_many().col_expr(Column::Body, Expr::value(GONE)).filter(Column::Id.is_in(ids));
    uow.update_where(update, NOT_KEPT).await
}

const NOT_KEPT: Topics = Topics::exempt("no page that is kept shows what was written");
