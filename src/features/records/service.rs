//! What a patient has said of themselves is made sure of.

use entity::{
    enums::{AuditAction, AuditSubject, Role},
    patient,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};

use super::queries::{self, HeldFacts};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::Recorded,
    features::audit::{self, AuditEvent},
    state::AppState,
    web::AppError,
};

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FactsConfirmed {
    /// It is confirmed, by this or before.
    Done,
    /// The record says something else than what was `seen`: nobody confirms what they have not looked at.
    Changed,
}

/// Confirms what the record of patient `id` says, which is still as it was `seen`. Three statements.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to see.
pub(super) async fn confirm(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    seen: &str,
) -> Result<FactsConfirmed, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let found = uow.read(async |conn| queries::facts_held(viewer, conn, id).await).await?;
            let HeldFacts { user_id, facts } = found.ok_or(AppError::NotFound)?;
            if !facts.is_as_seen(seen) {
                return Ok::<_, AppError>(Recorded::unchanged(FactsConfirmed::Changed));
            }
            let Some((row, names)) = facts.confirmed() else {
                return Ok(Recorded::unchanged(FactsConfirmed::Done));
            };
            let row = patient::ActiveModel { updated_at: Set(now), ..row };
            let update = patient::Entity::update_many().set(row).filter(patient::Column::Id.eq(id));
            let hospital_id = viewer.hospital().map(|hospital| hospital.id);
            uow.update_where(update, Topics::of_person(Some(user_id), Role::Patient, hospital_id)).await?;
            let event = AuditEvent::new(AuditAction::Updated, AuditSubject::Patient, id).changed(&names);
            Ok(audit::record(uow, now, viewer, event).await?.with(FactsConfirmed::Done))
        })
        .await
}
