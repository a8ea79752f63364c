//! The end of every sign-in: what proves who somebody is is used up, and that they came in is noted, as one act.

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, SecurityEvent},
    user,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::{
    passkeys::{self, FirstPasskey, NotConsumed, UsedPasskey},
    second_factor::{self, NewFactor, UsedCode},
    security,
};
use crate::{
    coherence::Topics,
    db::{Recorded, UnitOfWork},
    features::{
        accounts::{queries::Credentials, request_session::Origin},
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// Somebody whose password was right.
#[derive(Clone, Copy)]
pub(in crate::features::accounts) struct Entrant<'a> {
    /// Where they come from.
    pub(in crate::features::accounts) from: &'a Origin,
    /// The account as it was when its password was looked at.
    pub(in crate::features::accounts) account: &'a Credentials,
}

/// Somebody who is about to be let in.
pub(in crate::features::accounts) struct Entry<'a> {
    pub(in crate::features::accounts) entrant: Entrant<'a>,
    /// The same password at today's cost, if it was kept at another.
    pub(in crate::features::accounts) renewed_hash: Option<String>,
    /// What they have shown beside the password.
    pub(in crate::features::accounts) factor: Option<EntryFactor<'a>>,
}

/// What somebody has shown beside their password.
pub(in crate::features::accounts) enum EntryFactor<'a> {
    /// A code.
    Used(&'a UsedCode),
    /// What a passkey has signed.
    Passkey(&'a UsedPasskey),
    /// That they have set up an app, a moment ago.
    New(&'a NewFactor),
    /// The same of a passkey.
    NewPasskey(&'a FirstPasskey<'a>),
}

/// Why a unit of work was given up.
enum NotEntered {
    /// Something has changed meanwhile.
    Meanwhile,
    Failed(AppError),
}

impl From<DbErr> for NotEntered {
    fn from(error: DbErr) -> Self {
        if second_factor::is_taken(&error) { Self::Meanwhile } else { Self::Failed(error.into()) }
    }
}

impl From<NotConsumed> for NotEntered {
    fn from(error: NotConsumed) -> Self {
        match error {
            NotConsumed::Meanwhile => Self::Meanwhile,
            NotConsumed::Failed(error) => Self::Failed(error.into()),
        }
    }
}

/// Notes the sign-in; `false` if the account was shut or its password changed meanwhile, or the code or passkey was used meanwhile.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn enter(state: &AppState, entry: Entry<'_>) -> Result<bool, AppError> {
    let now = state.clock.now();
    match state.db.write(async |uow| note(state, uow, now, &entry).await).await {
        Ok(entered) => Ok(entered),
        Err(NotEntered::Meanwhile) => Ok(false),
        Err(NotEntered::Failed(error)) => Err(error),
    }
}

async fn note(
    state: &AppState,
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    entry: &Entry<'_>,
) -> Result<Recorded<bool>, NotEntered> {
    let Entry { entrant: Entrant { from, account }, factor, .. } = entry;
    let is_shown = match factor {
        None => true,
        Some(EntryFactor::Used(code)) => second_factor::consume(uow, now, account.id, code).await?,
        Some(EntryFactor::Passkey(used)) => passkeys::consume(uow, now, used).await.map(|()| true)?,
        Some(EntryFactor::New(factor)) => factor.store(uow, now).await?,
        Some(EntryFactor::NewPasskey(first)) => first.store(uow, now).await?,
    };
    if !is_shown {
        return Ok(Recorded::unchanged(false));
    }
    if uow.update_where(signed_in(now, entry), Topics::of_sign_in(account.role)).await? == 0 {
        // A code that was used up is given back with the rest.
        return if factor.is_none() { Ok(Recorded::unchanged(false)) } else { Err(NotEntered::Meanwhile) };
    }
    // The account's row is locked by now: of two at one moment each finds the other's session, and so does whoever ends all of them.
    let ended = state.sessions.make_room(uow, account.id).await?;
    state.sessions.open(uow, account.id, from.new_session()).await?;
    // What it calls itself proves nothing: millions call themselves the same. Of who sets something up at the door that is told.
    let sets_up = matches!(factor, Some(EntryFactor::New(_)));
    let is_new =
        account.last_sign_in_at.is_some() && !sets_up && from.devices.known(state, account.known_for()).is_none();
    let news = is_new.then_some(SecurityEvent::NewDevice);
    security::tell_all(uow, now, account.id, news.into_iter().chain(told(factor.as_ref()))).await?;
    let event = AuditEvent::new(AuditAction::SignedIn, AuditSubject::User, account.id);
    let event = match i64::try_from(ended).unwrap_or(i64::MAX) {
        0 => event,
        ended => event.number("sessions_ended", ended),
    };
    let event = match factor {
        None => event,
        Some(EntryFactor::Used(code)) => event.word("second_factor", code.word()),
        Some(EntryFactor::Passkey(_)) => event.word("second_factor", "passkey"),
        Some(EntryFactor::New(_)) => event.word("second_factor", "enabled"),
        Some(EntryFactor::NewPasskey(_)) => event.word("second_factor", "passkey added"),
    };
    Ok(audit::record(uow, now, account.actor(from.address), event).await?.with(true))
}

/// The account with the sign-in noted, if nothing has changed since its password was looked at.
fn signed_in(
    now: DateTime<Utc>,
    Entry { entrant: Entrant { account, .. }, renewed_hash, .. }: &Entry<'_>,
) -> UpdateMany<user::Entity> {
    let mut note = user::Entity::update_many()
        .col_expr(user::Column::LastSignInAt, Expr::value(now))
        .col_expr(user::Column::UpdatedAt, Expr::value(now));
    if let Some(hash) = renewed_hash {
        note = note.col_expr(user::Column::PasswordHash, Expr::value(hash.as_str()));
    }
    note.filter(user::Column::Id.eq(account.id))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()))
}

/// What the owner is told of what was shown beside the password: a code of the app or a passkey is nothing new.
fn told(factor: Option<&EntryFactor<'_>>) -> Option<SecurityEvent> {
    match factor? {
        EntryFactor::Used(code) => code.told(),
        EntryFactor::Passkey(_) => None,
        EntryFactor::New(_) => Some(SecurityEvent::SecondFactorSetUp),
        EntryFactor::NewPasskey(_) => Some(SecurityEvent::PasskeyAdded),
    }
}
