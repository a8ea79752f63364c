//! People change their password.

use entity::{
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

use crate::{
    access::Viewer,
    coherence::Topics,
    db::Recorded,
    features::{
        accounts::{
            forms::PasswordChange,
            hashing::{self, PasswordVerdict},
        },
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// What became of a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum PasswordChanged {
    /// It holds, and all other sessions of the person are over. The caller gives this one a new key.
    Done,
    /// The current one was not right.
    Refused,
}

/// Sets a new password in place of the one whose PHC string is `stored_hash`.
///
/// # Errors
/// `TooManyRequests` after too many wrong current passwords; the database's.
pub(in crate::features::accounts) async fn change(
    state: &AppState,
    viewer: &Viewer,
    stored_hash: &str,
    change: &PasswordChange,
) -> Result<PasswordChanged, AppError> {
    let attempt = state
        .kit
        .rate_limiter
        .attempt(&Key::password(viewer.user_id))
        .await
        .map_err(|wait| AppError::TooManyRequests(wait.seconds()))?;
    let cost = state.settings.security.password_hashing;
    let verdict = hashing::verify(change.current.clone(), Some(stored_hash.to_owned()), cost).await?;
    if verdict == PasswordVerdict::Wrong {
        return Ok(PasswordChanged::Refused);
    }
    attempt.succeeded().await;
    let hash = hashing::hash(&change.new, cost).await?;
    replace(state, viewer, stored_hash, &hash).await
}

/// Compare and set: of two changes at one moment the second finds that its current password is no longer right.
async fn replace(state: &AppState, viewer: &Viewer, old: &str, new: &str) -> Result<PasswordChanged, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let update = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(new))
                .col_expr(user::Column::UpdatedAt, Expr::value(now))
                .filter(user::Column::Id.eq(viewer.user_id))
                .filter(user::Column::PasswordHash.eq(old));
            if uow.update_where(update, Topics::exempt("no page shows a password")).await? == 0 {
                return Ok(Recorded::unchanged(PasswordChanged::Refused));
            }
            let revoked = state.sessions.revoke_all(uow, viewer.user_id, Some(viewer.session_id)).await?;
            let ended = i64::try_from(revoked).unwrap_or(i64::MAX);
            let event = AuditEvent::new(AuditAction::PasswordChanged, AuditSubject::User, viewer.user_id)
                .number("sessions_ended", ended);
            Ok(audit::record(uow, now, viewer, event).await?.with(PasswordChanged::Done))
        })
        .await
}
