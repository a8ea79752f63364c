//! The end of every sign-in: what proves who somebody is is used up, and that they came in is noted, as one act.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject},
    user,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::second_factor::{self, NewFactor, UsedCode};
use crate::{
    coherence::Topics,
    db::{Recorded, UnitOfWork},
    features::{
        accounts::queries::Credentials,
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// Somebody who is about to be let in.
pub(in crate::features::accounts) struct Entry<'a> {
    /// The account as it was when its password was looked at.
    pub(in crate::features::accounts) account: &'a Credentials,
    /// Where they come from.
    pub(in crate::features::accounts) from: IpAddr,
    /// The same password at today's cost, if it was kept at another.
    pub(in crate::features::accounts) renewed_hash: Option<String>,
    /// What they have shown beside the password.
    pub(in crate::features::accounts) factor: Option<EntryFactor<'a>>,
}

/// What somebody has shown beside their password.
pub(in crate::features::accounts) enum EntryFactor<'a> {
    /// A code.
    Used(&'a UsedCode),
    /// That they have set up an app, a moment ago.
    New(&'a NewFactor),
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

/// Notes the sign-in; `false` if the account was shut or its password changed meanwhile, or the code was used up.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn enter(state: &AppState, entry: Entry<'_>) -> Result<bool, AppError> {
    let now = state.clock.now();
    match state.db.write(async |uow| note(uow, now, &entry).await).await {
        Ok(entered) => Ok(entered),
        Err(NotEntered::Meanwhile) => Ok(false),
        Err(NotEntered::Failed(error)) => Err(error),
    }
}

async fn note(uow: &UnitOfWork, now: DateTime<Utc>, entry: &Entry<'_>) -> Result<Recorded<bool>, NotEntered> {
    let Entry { account, from, renewed_hash, factor } = entry;
    let is_shown = match factor {
        None => true,
        Some(EntryFactor::Used(code)) => second_factor::consume(uow, now, account.id, code).await?,
        Some(EntryFactor::New(factor)) => factor.store(uow, now).await?,
    };
    if !is_shown {
        return Ok(Recorded::unchanged(false));
    }
    let mut note = user::Entity::update_many()
        .col_expr(user::Column::LastSignInAt, Expr::value(now))
        .col_expr(user::Column::UpdatedAt, Expr::value(now));
    if let Some(hash) = renewed_hash {
        note = note.col_expr(user::Column::PasswordHash, Expr::value(hash.as_str()));
    }
    let note = note
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::Active.eq(true))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()));
    if uow.update_where(note, Topics::of_sign_in(account.role)).await? == 0 {
        // A code that was used up is given back with the rest.
        return if factor.is_none() { Ok(Recorded::unchanged(false)) } else { Err(NotEntered::Meanwhile) };
    }
    let event = AuditEvent::new(AuditAction::SignedIn, AuditSubject::User, account.id);
    let event = match factor {
        None => event,
        Some(EntryFactor::Used(code)) => event.word("second_factor", code.word()),
        Some(EntryFactor::New(_)) => event.word("second_factor", "enabled"),
    };
    Ok(audit::record(uow, now, account.actor(*from), event).await?.with(true))
}
