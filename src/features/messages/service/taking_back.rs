//! Somebody takes back what they wrote: that there was something stays, and when it was taken back.

use entity::{
    enums::{AuditAction, AuditSubject},
    message::{self, Column},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    access::Viewer,
    coherence::Topic,
    db::Recorded,
    features::{
        appointments::hold_visit,
        audit::{self, AuditEvent},
        messages::queries,
    },
    state::AppState,
    web::AppError,
};

/// Takes the message of these numbers (of its visit, and its own) back. Done twice, it was taken back the first time. Four statements.
///
/// # Errors
/// [`AppError::NotFound`] when the viewer did not write it.
pub(in crate::features::messages) async fn take_back(
    state: &AppState,
    viewer: &Viewer,
    (visit, id): (i64, i64),
) -> Result<(), AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            uow.read(async |conn| hold_visit(viewer, conn, visit).await).await?;
            let found = uow.read(async |conn| queries::own_message(viewer, conn, (visit, id)).await).await?;
            let found = found.ok_or(AppError::NotFound)?;
            let row = message::ActiveModel { retracted_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
            let update = message::Entity::update_many().set(row).filter(Column::Id.eq(id));
            let both = [found.doctor_user_id, found.patient_user_id].map(Topic::Messages);
            let [one, other] = both;
            let topics = [Topic::Thread(visit), one, other];
            let is_done = found.retracted_at.is_some()
                || uow.update_where(update.filter(Column::RetractedAt.is_null()), topics).await? == 0;
            if is_done {
                return Ok(Recorded::unchanged(()));
            }
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, visit);
            let event = event.word("message", "taken back").number("message_id", id);
            Ok::<_, AppError>(audit::record(uow, now, viewer, event).await?)
        })
        .await
}
