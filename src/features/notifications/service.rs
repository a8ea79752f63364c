//! Leaving notifications, and marking them as read.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{
    enums::NotificationKind,
    notification::{self, Column},
};
use sea_orm::{
    ActiveValue::NotSet,
    ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    access::Viewer,
    cache::{Topic, Topics},
    db::UnitOfWork,
    state::AppState,
    web::AppError,
};

/// Tells each of `recipients` (`user.id`, once each) that something happened to an appointment at the
/// instant `at`, in the unit of work of what happened. One statement, or none if there is nobody to tell.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn notify(
    uow: &UnitOfWork,
    at: DateTime<Utc>,
    (kind, appointment_id): (NotificationKind, i64),
    recipients: impl IntoIterator<Item = i64>,
) -> Result<(), DbErr> {
    let recipients: BTreeSet<i64> = recipients.into_iter().collect();
    let topics = Topics::each(recipients.iter().copied().map(Topic::Inbox));
    let rows = recipients.into_iter().map(|recipient_id| notification::ActiveModel {
        id: NotSet,
        recipient_id: Set(recipient_id),
        kind: Set(kind),
        appointment_id: Set(Some(appointment_id)),
        read_at: Set(None),
        created_at: Set(at),
        updated_at: Set(at),
    });
    uow.insert_many(rows, topics).await.map(|_stored| ())
}

/// Marks everything unread of `viewer`'s as read. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn mark_all_read(state: &AppState, viewer: &Viewer) -> Result<(), AppError> {
    mark(state, viewer, own(state, viewer).filter(Column::ReadAt.is_null())).await?;
    Ok(())
}

/// Marks the notification `id` of `viewer`'s as read; one that was read before keeps its time.
/// `false` when they have no such notification. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn mark_read(state: &AppState, viewer: &Viewer, id: i64) -> Result<bool, AppError> {
    let marked = mark(state, viewer, own(state, viewer).filter(Column::Id.eq(id))).await?;
    Ok(marked > 0)
}

fn own(state: &AppState, viewer: &Viewer) -> UpdateMany<notification::Entity> {
    let now = state.clock.now();
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::col(Column::ReadAt).if_null(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::RecipientId.eq(viewer.user_id))
}

async fn mark(state: &AppState, viewer: &Viewer, update: UpdateMany<notification::Entity>) -> Result<u64, AppError> {
    let topic = Topic::Inbox(viewer.user_id);
    state.db.write(async |uow| Ok(uow.update_where(update.clone(), topic).await?)).await
}
