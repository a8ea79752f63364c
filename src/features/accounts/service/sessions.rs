//! People end their own sessions. The row is marked in the unit of work; the copy is removed after its commit and before
//! the answer, so it holds from the next request on.

use entity::enums::{AuditAction, AuditSubject};

use crate::{
    access::Viewer,
    db::Recorded,
    features::audit::{self, AuditEvent},
    session::Ended,
    state::AppState,
    web::AppError,
};

/// Signs this browser out.
///
/// # Errors
/// The database's: who is not signed out must not be told that they are.
pub(in crate::features::accounts) async fn sign_out(state: &AppState, viewer: &Viewer) -> Result<(), AppError> {
    end(state, viewer, viewer.session_id, AuditAction::SignedOut).await.map(|_was_live| ())
}

/// Signs out one other browser of the viewer's. `false` when no such session of theirs is live.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn revoke(
    state: &AppState,
    viewer: &Viewer,
    session_id: i64,
) -> Result<bool, AppError> {
    end(state, viewer, session_id, AuditAction::SessionRevoked).await
}

async fn end(state: &AppState, viewer: &Viewer, session_id: i64, action: AuditAction) -> Result<bool, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let Some(was_live) = state.sessions.revoke(uow, viewer.user_id, session_id).await? else {
                return Ok(Recorded::unchanged(false));
            };
            let event = AuditEvent::new(action, AuditSubject::UserSession, session_id);
            Ok(audit::record(uow, now, viewer, event).await?.with(was_live))
        })
        .await
}

/// Signs out all other browsers of the viewer's.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn revoke_others(state: &AppState, viewer: &Viewer) -> Result<Ended, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let revoked = state.sessions.revoke_all(uow, viewer.user_id, Some(viewer.session_id)).await?;
            let event = AuditEvent::new(AuditAction::SessionsRevoked, AuditSubject::User, viewer.user_id)
                .number("sessions_ended", revoked.live);
            Ok(audit::record(uow, now, viewer, event).await?.with(revoked))
        })
        .await
}
