//! Letting people in.

use std::net::IpAddr;

use entity::{
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use secrecy::SecretString;

use crate::{
    coherence::Topics,
    db::Recorded,
    features::{
        accounts::{
            forms::SignIn,
            hashing::{self, PasswordVerdict},
            queries::{self, Credentials},
        },
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// The id of the person whose address and password these are, or nothing: whether the address is unknown,
/// the password wrong, the person deactivated or their hospital closed, it is the same statement, the same
/// hashing and the same answer.
///
/// # Errors
/// `TooManyRequests` after too many failures; the database's, which are never taken for a wrong password.
pub(in crate::features::accounts) async fn sign_in(
    state: &AppState,
    from: IpAddr,
    try_: &SignIn,
) -> Result<Option<i64>, AppError> {
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
        return Ok(None);
    };
    let renewed_hash = match verdict {
        PasswordVerdict::RightAtOldCost => Some(hashing::hash_text(try_.password.clone(), cost).await?),
        _ => None,
    };
    if !enter(state, from, &account, renewed_hash).await? {
        return Ok(None);
    }
    attempt.succeeded().await;
    Ok(Some(account.id))
}

/// Notes the sign-in; `false` if the account was shut, or its password changed, while the password was checked.
async fn enter(
    state: &AppState,
    from: IpAddr,
    account: &Credentials,
    renewed_hash: Option<String>,
) -> Result<bool, AppError> {
    let now = state.clock.now();
    state
        .db
        .write(async |uow| {
            let mut note = user::Entity::update_many()
                .col_expr(user::Column::LastSignInAt, Expr::value(now))
                .col_expr(user::Column::UpdatedAt, Expr::value(now));
            if let Some(hash) = &renewed_hash {
                note = note.col_expr(user::Column::PasswordHash, Expr::value(hash.as_str()));
            }
            let note = note
                .filter(user::Column::Id.eq(account.id))
                .filter(user::Column::Active.eq(true))
                .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()));
            if uow.update_where(note, Topics::of_sign_in(account.role)).await? == 0 {
                return Ok(Recorded::unchanged(false));
            }
            let event = AuditEvent::new(AuditAction::SignedIn, AuditSubject::User, account.id);
            Ok(audit::record(uow, now, account.actor(from), event).await?.with(true))
        })
        .await
}

/// The try that a form with this address and password is.
pub(in crate::features::accounts) fn with(email: &str, password: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: SecretString::from(password) }
}
