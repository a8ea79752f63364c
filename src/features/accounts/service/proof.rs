//! Whether what somebody who is signed in gives is their password, or a code of their second factor.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    second_factor::{self, CodeVerdict},
    second_step,
};
use crate::{
    access::Viewer,
    features::{
        accounts::{
            hashing::{self, PasswordVerdict},
            queries,
            second_factor::TypedCode,
        },
        audit::Actor,
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// Whether `given` is the viewer's password, or a code of theirs, which is used up; if so, that is noted in their session.
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
    if is_code(state, viewer, &TypedCode::read(given.expose_secret())).await? {
        attempt.succeeded().await;
        return Ok(state.sessions.prove(viewer.session_id).await?);
    }
    let account = queries::account(viewer, &state.db.reader()).await?;
    let cost = state.settings.security.password_hashing;
    if hashing::verify(given, Some(account.password_hash), cost).await? == PasswordVerdict::Wrong {
        return Ok(false);
    }
    attempt.succeeded().await;
    Ok(state.sessions.prove(viewer.session_id).await?)
}

/// A password that looks like a code is not taken for one.
async fn is_code(state: &AppState, viewer: &Viewer, typed: &TypedCode) -> Result<bool, AppError> {
    match second_factor::judge(state, viewer.user_id, typed).await? {
        CodeVerdict::Right(code) => second_step::spend(state, &Actor::from(viewer), &code).await,
        CodeVerdict::Wrong | CodeVerdict::Unreadable => Ok(false),
    }
}
