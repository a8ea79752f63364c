//! Whether what somebody who is signed in gives is their password, or a code of their second factor.

use secrecy::{ExposeSecret as _, SecretString};

use super::{
    passkeys,
    second_factor::{self, CodeVerdict},
    second_step,
};
use crate::{
    access::Viewer,
    features::{
        accounts::{
            hashing::{self, HashingTurn, PasswordVerdict},
            queries,
            second_factor::TypedCode,
        },
        audit::Actor,
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::{Attempt, Key},
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
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
    let typed = TypedCode::read(given.expose_secret());
    let attempt = attempt(state, viewer, &typed).await?;
    if is_code(state, viewer, &typed).await? {
        attempt.succeeded().await;
        return Ok(state.sessions.prove(viewer.session_id).await?);
    }
    if matches!(typed, TypedCode::OfTheApp(_)) {
        // No password is as short.
        second_step::refused(state, Actor::from(viewer)).await?;
        return Ok(false);
    }
    let account = queries::account(viewer, &state.db.reader()).await?;
    let turn = HashingTurn { place: viewer.network(), cost: state.settings.security.password_hashing };
    if hashing::verify(turn, given, Some(account.password_hash)).await? == PasswordVerdict::Wrong {
        note(state, viewer);
        return Ok(false);
    }
    attempt.succeeded().await;
    Ok(state.sessions.prove(viewer.session_id).await?)
}

/// Notes that what somebody gave who is signed in did not show who they are.
pub(super) fn note(state: &AppState, viewer: &Viewer) {
    state.kit.refusals.note(Refusal {
        act: RefusedAct::Proof,
        reason: "wrong_password",
        account: Some(TriedAccount::Numbered(viewer.user_id)),
        address: viewer.address,
    });
}

/// Codes of an app count with those at the second step of a sign-in, wherever they are tried: they can be guessed. All else counts as a
/// password.
async fn attempt(state: &AppState, viewer: &Viewer, typed: &TypedCode) -> Result<Attempt, AppError> {
    if matches!(typed, TypedCode::OfTheApp(_)) {
        return second_step::attempt(state, viewer.address, viewer.user_id, typed).await;
    }
    let attempt = state.kit.rate_limiter.attempt(&Key::password(viewer.user_id)).await;
    attempt.map_err(AppError::from)
}

/// A password that looks like a code is not taken for one.
async fn is_code(state: &AppState, viewer: &Viewer, typed: &TypedCode) -> Result<bool, AppError> {
    match second_factor::judge(state, viewer.user_id, typed).await? {
        CodeVerdict::Right(code) => second_step::spend(state, &Actor::from(viewer), &code).await,
        CodeVerdict::Wrong | CodeVerdict::Unreadable => Ok(false),
    }
}

/// Whether the viewer can show who they are with a passkey.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn has_passkey(state: &AppState, viewer: &Viewer) -> Result<bool, AppError> {
    Ok(!passkeys::of(&state.db.reader(), viewer.user_id).await?.is_empty())
}
