//! People change their password.

use entity::{
    enums::{AuditAction, AuditSubject, SecurityEvent},
    user,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use secrecy::SecretString;

use super::proof;
use crate::{
    access::Viewer,
    coherence::Topics,
    db::Recorded,
    features::{
        accounts::{
            forms::PasswordChange,
            hashing::{self, HashingTurn, PasswordNotHashed, PasswordVerdict},
            request_session::Origin,
            service::security,
        },
        audit::{self, AuditEvent},
    },
    session::Ended,
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// What became of a new password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum PasswordChanged {
    /// It holds, and all other sessions of the person are over but one that begins: the caller hands its key out.
    Done(Ended),
    /// The current one was not right.
    Refused,
    /// The new one was in a breach.
    Breached,
}

/// Sets a new password in place of the one whose PHC string is `stored_hash`, and begins a session in place of the one that `from` comes with.
///
/// # Errors
/// `TooManyRequests` after too many wrong current passwords; the database's.
pub(in crate::features::accounts) async fn change(
    state: &AppState,
    (viewer, from): (&Viewer, &Origin),
    stored_hash: &str,
    change: &PasswordChange,
) -> Result<PasswordChanged, AppError> {
    if !is_current(state, viewer, stored_hash, &change.current).await? {
        return Ok(PasswordChanged::Refused);
    }
    match hashing::hash_chosen(state, viewer.network(), &change.new).await {
        Ok(hash) => replace(state, (viewer, from), stored_hash, &hash).await,
        Err(PasswordNotHashed::Breached) => Ok(PasswordChanged::Breached),
        Err(PasswordNotHashed::Failed(error)) => Err(error),
    }
}

/// Whether `typed` is the viewer's password, whose PHC string is `stored_hash`.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
async fn is_current(
    state: &AppState,
    viewer: &Viewer,
    stored_hash: &str,
    typed: &SecretString,
) -> Result<bool, AppError> {
    let attempt = state.kit.rate_limiter.attempt(&Key::password(viewer.user_id)).await;
    let attempt = attempt.map_err(AppError::from)?;
    let turn = HashingTurn { place: viewer.network(), cost: state.settings.security.password_hashing };
    let verdict = hashing::verify(turn, typed.clone(), Some(stored_hash.to_owned())).await?;
    if verdict == PasswordVerdict::Wrong {
        proof::note(state, viewer);
        return Ok(false);
    }
    attempt.succeeded().await;
    Ok(true)
}

/// Compare and set: of two changes at one moment the second finds that its current password is no longer right.
async fn replace(
    state: &AppState,
    (viewer, from): (&Viewer, &Origin),
    old: &str,
    new: &str,
) -> Result<PasswordChanged, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let update = user::Entity::update_many()
                .col_expr(user::Column::PasswordHash, Expr::value(new))
                .col_expr(user::Column::BrowsersForgottenAt, Expr::value(now))
                .col_expr(user::Column::UpdatedAt, Expr::value(now))
                .filter(user::Column::Id.eq(viewer.user_id))
                .filter(user::Column::PasswordHash.eq(old));
            if uow.update_where(update, Topics::exempt("no page shows a password")).await? == 0 {
                return Ok(Recorded::unchanged(PasswordChanged::Refused));
            }
            security::withdraw_changes(uow, now, viewer.user_id).await?;
            security::tell(uow, now, viewer.user_id, SecurityEvent::PasswordChanged).await?;
            let live = state.sessions.revoke_sessions(uow, viewer.user_id, Some(viewer.session_id)).await?;
            state.sessions.open(uow, viewer.user_id, from.new_session()).await?;
            let event = AuditEvent::new(AuditAction::PasswordChanged, AuditSubject::User, viewer.user_id)
                .number("sessions_ended", live);
            Ok(audit::record(uow, now, viewer, event)
                .await?
                .with(PasswordChanged::Done(Ended { live, browsers_forgotten_at: now })))
        })
        .await
}
