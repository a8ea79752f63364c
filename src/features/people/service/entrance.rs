//! Who may come in, and with what: accounts shut and opened again, sessions ended, second factors taken away.

use entity::enums::{AuditAction, SecurityEvent};

use super::{PersonRecord, StoredPerson, find, in_hospital};
use crate::{
    access::Viewer,
    db::Recorded,
    features::{
        accounts::{self, RemovalReason},
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// Ends all sessions of somebody, who is told so by mail: how many. Five statements.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to manage.
pub(in crate::features::people) async fn end_sessions<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
) -> Result<(), AppError> {
    let now = state.clock.now();
    let person: StoredPerson<R> = find(viewer, &state.db.reader(), id).await?;
    state
        .db
        .write(async |uow| {
            let revoked = state.sessions.revoke_all(uow, person.account.id, None).await?;
            if revoked.live > 0 {
                accounts::tell_owner(uow, now, person.account.id, SecurityEvent::SessionsEnded).await?;
            }
            let event =
                AuditEvent::new(AuditAction::SessionsRevoked, R::SUBJECT, id).number("sessions_ended", revoked.live);
            Ok(audit::record(uow, now, viewer, in_hospital(event, &person.account)).await?)
        })
        .await
}

/// Shuts somebody out, and signs them out everywhere at once; or lets them in again. Nothing of theirs is removed. Four
/// statements.
///
/// # Errors
/// [`AppError::NotFound`] when they are not the viewer's to manage.
pub(in crate::features::people) async fn set_active<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    active: bool,
) -> Result<(), AppError> {
    let now = state.clock.now();
    let reader = state.db.reader();
    let person: StoredPerson<R> = find(viewer, &reader, id).await?;
    state
        .db
        .write(async |uow| {
            if !accounts::set_active(uow, now, &person.account, active).await? {
                return Ok(Recorded::unchanged(()));
            }
            if !active {
                accounts::end_links(uow, now, person.account.id).await?;
                state.sessions.revoke_all(uow, person.account.id, None).await?;
            }
            let action = if active { AuditAction::Activated } else { AuditAction::Deactivated };
            let event = in_hospital(AuditEvent::new(action, R::SUBJECT, id), &person.account);
            Ok(audit::record(uow, now, viewer, event).await?)
        })
        .await
}

/// Removes the second factor of somebody for that reason, which they are shown, and signs them out everywhere; whether they had one. Five
/// statements.
///
/// # Errors
/// The database's.
pub(in crate::features::people) async fn remove_factor<R: PersonRecord>(
    state: &AppState,
    viewer: &Viewer,
    person: &StoredPerson<R>,
    reason: RemovalReason,
) -> Result<bool, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            if !accounts::reset_second_factor(uow, now, person.account.id, reason).await? {
                return Ok(Recorded::unchanged(false));
            }
            state.sessions.revoke_all(uow, person.account.id, None).await?;
            let event = AuditEvent::new(AuditAction::SecondFactorRemoved, R::SUBJECT, person.id)
                .word("second_factor", "taken away by an administrator")
                .word("reason", reason.word());
            Ok(audit::record(uow, now, viewer, in_hospital(event, &person.account)).await?.with(true))
        })
        .await
}
