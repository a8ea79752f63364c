//! Whether what somebody who is signed in gives is their password, or a code of their second factor.

use secrecy::SecretString;

use crate::{
    access::Viewer,
    features::accounts::{
        hashing::{self, PasswordVerdict},
        queries,
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// Whether `given` is the viewer's password; if so, that is noted in their session.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
pub(in crate::features::accounts) async fn prove(
    state: &AppState,
    viewer: &Viewer,
    given: SecretString,
) -> Result<bool, AppError> {
    let attempt = state.kit.rate_limiter.attempt(&Key::password(viewer.user_id)).await;
    let attempt = attempt.map_err(|wait| AppError::TooManyRequests(wait.seconds()))?;
    let account = queries::account(viewer, &state.db.reader()).await?;
    let cost = state.settings.security.password_hashing;
    if hashing::verify(given, Some(account.password_hash), cost).await? == PasswordVerdict::Wrong {
        return Ok(false);
    }
    attempt.succeeded().await;
    Ok(state.sessions.prove(viewer.session_id).await?)
}
