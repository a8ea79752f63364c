//! Keeping what a check found. The last time counts.

use entity::{
    device_check::{self, Column},
    enums::{AuditAction, AuditSubject},
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use super::{forms::DeviceCheck, queries};
use crate::{
    access::{ActingViewer, Viewer},
    db::{Recorded, UnitOfWork},
    features::audit::{self, AuditEvent},
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// What is said where there is nothing to check for.
pub(super) const OVER: &str = "Nobody needs a camera for this visit now: it is over, or not agreed yet. Look at the visit to see where it stands.";

/// Keeps what the viewer has found for the visit `id`. Four statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when they are none of the two who meet; [`AppError::Conflict`] when the visit is over, or not agreed yet;
/// [`AppError::TooManyRequests`] after too many in a minute.
pub(super) async fn record(state: &AppState, viewer: &Viewer, id: i64, check: DeviceCheck) -> Result<(), AppError> {
    let _counted = state.kit.rate_limiter.attempt(&Key::device_check(viewer.user_id)).await?;
    let now = state.clock.now();
    state.db.write(async |uow| store(uow, viewer.acting(now), id, check).await).await
}

async fn store(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    id: i64,
    check: DeviceCheck,
) -> Result<Recorded, AppError> {
    let visit = uow.read(async |conn| queries::visit_held(viewer, conn, id).await).await?.ok_or(AppError::NotFound)?;
    if !visit.status.is_busy() {
        return Err(AppError::Conflict(OVER.to_owned()));
    }
    let row = device_check::ActiveModel {
        camera: Set(check.camera),
        microphone: Set(check.microphone),
        network: Set(check.network),
        checked_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    let update = device_check::Entity::update_many().set(row.clone());
    let update = update.filter(Column::AppointmentId.eq(id)).filter(Column::UserId.eq(viewer.user_id));
    if uow.update_where(update, visit.seen_by(id)).await? == 0 {
        let (appointment_id, user_id) = (Set(id), Set(viewer.user_id));
        let row = device_check::ActiveModel { id: NotSet, appointment_id, user_id, created_at: Set(now), ..row };
        uow.insert_many([row], visit.seen_by(id)).await?;
    }
    let act = AuditEvent::new(AuditAction::Updated, AuditSubject::Appointment, id).word("device_check", "recorded");
    Ok(audit::record(uow, now, viewer, act).await?)
}
