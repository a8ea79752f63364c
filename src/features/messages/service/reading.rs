//! Somebody has read what was written to them.

use entity::message_read::{self, Column};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    access::Viewer,
    coherence::Topic,
    db::Unrecorded,
    features::messages::queries::{self, WhereRead},
    state::AppState,
    web::{AppError, rate_limit::Key},
};

const READ: Unrecorded =
    Unrecorded::of(&["message_read"], "how far somebody has read is no act; that they opened the thread has its line");

/// Notes that the viewer has read the thread of the visit `id` up to the message `last`, or to its end. It only grows. Two statements.
///
/// # Errors
/// [`AppError::NotFound`] when they are not one of the two who meet; [`AppError::TooManyRequests`] after too many in a minute.
pub(in crate::features::messages) async fn mark_read(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    last: i64,
) -> Result<(), AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::read_mark(viewer.user_id)).await?;
    let now = state.clock.now();
    state
        .db
        .write_unrecorded(READ, async |uow| {
            let found = uow.read(async |conn| queries::where_read(viewer, conn, id).await).await?;
            let WhereRead { mark_id, last_read_id, latest_id } = found.ok_or(AppError::NotFound)?;
            let upto = last.min(latest_id.unwrap_or_default());
            let Some(mark_id) = mark_id.filter(|_| last_read_id.is_some_and(|before| before < upto)) else {
                return Ok(());
            };
            let row = message_read::ActiveModel {
                last_read_id: Set(upto),
                read_at: Set(Some(now)),
                updated_at: Set(now),
                ..Default::default()
            };
            let update = message_read::Entity::update_many().set(row).filter(Column::Id.eq(mark_id));
            let topics = [Topic::Thread(id), Topic::Messages(viewer.user_id)];
            uow.update_where(update.filter(Column::LastReadId.lt(upto)), topics).await?;
            Ok(())
        })
        .await
}
