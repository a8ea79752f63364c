//! What was written about the person's visits, and what was attached: words give way to what says that they were erased, files go.

use entity::{
    attachment, attachment_data,
    message::{self, Column},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{BATCH, ErasedPerson, GONE, PARTS, queries};
use crate::{
    coherence::Topics,
    db::{Database, UnitOfWork},
};

/// Empties all of them.
pub(super) async fn erase(db: &Database, person: ErasedPerson) -> Result<(), DbErr> {
    while db.write_unrecorded(PARTS, async |uow| texts(uow, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| files(uow, person).await).await? > 0 {}
    while db.write_unrecorded(PARTS, async |uow| names(uow, person).await).await? > 0 {}
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

async fn files(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    use attachment_data::Column;
    let some = queries::files(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    uow.delete_where(attachment_data::Entity::delete_many().filter(Column::Id.is_in(ids)), NOT_KEPT).await
}

async fn names(uow: &UnitOfWork, person: ErasedPerson) -> Result<u64, DbErr> {
    use attachment::Column;
    let some = queries::attachments(person).order_by_asc(Column::Id).limit(BATCH);
    let ids: Vec<i64> =
        uow.read(async |conn| some.select_only().column(Column::Id).into_tuple().all(conn).await).await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let update = attachment::Entity::update_many()
        .col_expr(Column::Name, Expr::value(GONE))
        .col_expr(Column::Sha256, Expr::value(None::<Vec<u8>>))
        .filter(Column::Id.is_in(ids));
    uow.update_where(update, NOT_KEPT).await
}

const NOT_KEPT: Topics = Topics::exempt("no page that is kept shows what was written");
