//! Letting people in.

use std::net::IpAddr;

use secrecy::SecretString;

use super::entering::{self, Entry};
use crate::{
    features::accounts::{
        forms::SignIn,
        hashing::{self, PasswordVerdict},
        pending::PendingSignIn,
        queries,
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// How far somebody came with an address and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum Admission {
    /// Not at all.
    Refused,
    /// In: their `user.id`.
    Whole(i64),
    /// To the second step: they have a second factor, or must have one.
    Pending(PendingSignIn),
}

/// How far the person comes whose address and password these are: whether the address is unknown,
/// the password wrong, the person deactivated or their hospital closed, it is the same statement, the same
/// hashing and the same answer. Whether they have a second factor shows only once the password was right.
///
/// # Errors
/// `TooManyRequests` after too many failures; the database's, which are never taken for a wrong password.
pub(in crate::features::accounts) async fn sign_in(
    state: &AppState,
    from: IpAddr,
    try_: &SignIn,
) -> Result<Admission, AppError> {
    let attempt = state
        .kit
        .rate_limiter
        .attempt(&Key::sign_in(&try_.email, from))
        .await
        .map_err(|wait| AppError::TooManyRequests(wait.seconds()))?;
    let cost = state.settings.security.password_hashing;
    let account = queries::credentials_by_email(&state.db.reader(), &try_.email).await?;
    let stored_hash = account.as_ref().map(|account| account.password_hash.clone());
    let verdict = hashing::verify(try_.password.clone(), stored_hash, cost).await?;
    let Some(account) = account.filter(|account| verdict != PasswordVerdict::Wrong && account.may_enter()) else {
        return Ok(Admission::Refused);
    };
    if account.has_factor() || account.must_have_factor(state.settings.environment) {
        attempt.succeeded().await;
        let pending = PendingSignIn::begin(&state.settings.secret_key, &account, state.clock.now());
        return Ok(Admission::Pending(pending));
    }
    let renewed_hash = match verdict {
        PasswordVerdict::RightAtOldCost => Some(hashing::hash_text(try_.password.clone(), cost).await?),
        _ => None,
    };
    if !entering::enter(state, Entry { account: &account, from, renewed_hash, factor: None }).await? {
        return Ok(Admission::Refused);
    }
    attempt.succeeded().await;
    Ok(Admission::Whole(account.id))
}

/// The try that a form with this address and password is.
pub(in crate::features::accounts) fn with(email: &str, password: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: SecretString::from(password) }
}
