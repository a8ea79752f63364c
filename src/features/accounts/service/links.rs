//! Links by which people choose a password: an invitation to somebody new, and another password for one that is forgotten.

use std::{net::IpAddr, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, LinkPurpose},
    password_link::{self, Column},
    user,
};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, DbErr, EntityTrait, QueryFilter, Set, sea_query::Expr};
use secrecy::SecretString;
use tokio::time::{Instant, sleep_until};

use crate::{
    cache::Topics,
    db::UnitOfWork,
    features::{
        accounts::{
            hashing,
            passwords::Password,
            queries::{self, LinkedAccount},
            token::Token,
        },
        audit::{self, Act},
        mail::{self, Errand},
    },
    session::Revoked,
    state::AppState,
    web::{AppError, rate_limit::Key},
};

/// How long an invitation works.
const INVITATION: TimeDelta = TimeDelta::days(7);
/// How long a link for a forgotten password works.
const RESET: TimeDelta = TimeDelta::minutes(30);
/// Asking for a link takes so long, whoever's address it is: that of somebody with an account costs a transaction more.
const ANSWER: Duration = Duration::from_millis(400);
const NO_PAGE: Topics = Topics::exempt("no page that is kept shows links");

/// Invites the person `user_id` to choose their first password, in the unit of work that makes their account. Two statements.
///
/// # Errors
/// The database's.
pub(crate) async fn invite(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<(), DbErr> {
    let link_id = insert(uow, now, (user_id, LinkPurpose::Invitation)).await?;
    mail::queue(uow, now, [(user_id, Errand::Invitation { link_id })]).await
}

/// What nobody can sign in with: the password of somebody who has yet to choose one.
///
/// # Errors
/// `Unavailable` when there are too many passwords to hash.
pub(crate) async fn no_password(state: &AppState) -> Result<String, AppError> {
    let random = SecretString::from(format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>()));
    hashing::hash_text(random, state.settings.security.password_hashing).await
}

/// Sends a link to whoever has this address. What is answered, and when, does not tell whether anybody has.
///
/// # Errors
/// `TooManyRequests` after too many tries from one place; the database's.
pub(in crate::features::accounts) async fn request_reset(
    state: &AppState,
    from: IpAddr,
    email: &str,
) -> Result<(), AppError> {
    let answer_at = Instant::now() + ANSWER;
    let [place, account] = Key::password_reset(email, from);
    let counted =
        state.rate_limiter.attempt(&[place]).await.map_err(|wait| AppError::TooManyRequests(wait.seconds()))?;
    drop(counted);
    let found = queries::credentials_by_email(&state.db.reader(), email).await?;
    // A mailbox that is being filled by somebody gets no more; whose it is, nobody is told.
    let may_send = state.rate_limiter.attempt(&[account]).await.is_ok();
    if let Some(found) = found.filter(|found| may_send && found.may_enter()) {
        let now = state.clock.now();
        let written = state.db.write(async |uow| {
            let link_id = insert(uow, now, (found.id, LinkPurpose::Reset)).await?;
            mail::queue(uow, now, [(found.id, Errand::PasswordReset { link_id })]).await
        });
        written.await?;
    }
    sleep_until(answer_at).await;
    Ok(())
}

async fn insert(uow: &UnitOfWork, now: DateTime<Utc>, (user_id, purpose): (i64, LinkPurpose)) -> Result<i64, DbErr> {
    let lasts = match purpose {
        LinkPurpose::Invitation => INVITATION,
        LinkPurpose::Reset => RESET,
    };
    let row = password_link::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        purpose: Set(purpose),
        expires_at: Set(now + lasts),
        used_at: Set(None),
        created_at: Set(now),
        updated_at: Set(now),
    };
    Ok(uow.insert(row, NO_PAGE).await?.id)
}

/// The account whose password the link in an address sets, if it still works.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn find(
    state: &AppState,
    token: &str,
) -> Result<Option<LinkedAccount>, AppError> {
    let Some(token) = Token::parse(token) else { return Ok(None) };
    let found = queries::linked(&state.db.reader(), token.id).await?;
    let now = state.clock.now();
    Ok(found.filter(|found| {
        let opens = token.opens(&state.settings.secret_key, &found.link, &found.account.password_hash);
        opens && found.works(now)
    }))
}

/// Sets the password of a link that was found, ends all sessions of its person, and with them every other link. Whether it
/// still worked.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn choose(
    state: &AppState,
    from: IpAddr,
    (linked, password): (&LinkedAccount, &Password),
) -> Result<bool, AppError> {
    let hash = hashing::hash(password, state.settings.security.password_hashing).await?;
    let now = state.clock.now();
    let replaced = state.db.write(async |uow| replace(state, uow, now, (linked, &hash, from)).await).await?;
    let Some(revoked) = replaced else { return Ok(false) };
    state.sessions.forget(revoked).await;
    Ok(true)
}

async fn replace(
    state: &AppState,
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    (linked, hash, from): (&LinkedAccount, &str, IpAddr),
) -> Result<Option<Revoked>, AppError> {
    let id = linked.account.id;
    let used = password_link::Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::UserId.eq(id))
        .filter(Column::UsedAt.is_null());
    let password = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(id))
        .filter(user::Column::Active.eq(true))
        // The link is one for this password: of two that are sent at once, the second finds another.
        .filter(user::Column::PasswordHash.eq(linked.account.password_hash.as_str()));
    if uow.update_where(password, Topics::exempt("no page shows a password")).await? == 0 {
        return Ok(None);
    }
    uow.update_where(used, NO_PAGE).await?;
    let revoked = state.sessions.revoke_all(uow, id, None).await?;
    let ended = i64::try_from(revoked.len()).unwrap_or(i64::MAX);
    let act = Act::new(AuditAction::PasswordChanged, AuditSubject::User, id)
        .number("sessions_ended", ended)
        .word("by", linked.purpose_word());
    audit::record(uow, now, linked.account.actor(from), act).await?;
    Ok(Some(revoked))
}
