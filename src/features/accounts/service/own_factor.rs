//! People look after their own second factor; and administrators take one away that is lost.

use chrono::{DateTime, Utc};
use entity::enums::{AuditAction, AuditSubject, SecurityEvent};

use super::{
    passkeys,
    second_factor::{self, FactorStanding, NewFactor},
    second_step, security,
};
use crate::{
    access::Viewer,
    db::{DbErr, Recorded, UnitOfWork},
    features::{
        accounts::{
            queries,
            second_factor::{RemovalReason, Secret, TypedCode, recovery},
        },
        audit::{self, AuditEvent},
    },
    state::AppState,
    web::AppError,
};

/// Why a second factor was not stored.
enum NotStored {
    Taken,
    Failed(AppError),
}

impl From<DbErr> for NotStored {
    fn from(error: DbErr) -> Self {
        if second_factor::is_taken(&error) { Self::Taken } else { Self::Failed(error.into()) }
    }
}

/// Asks for codes from now on, if `typed` is one of the secret that the viewer was offered: the recovery codes, to be shown once. Nothing
/// if it is not.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; `Conflict` when there is one already; the database's.
pub(in crate::features::accounts) async fn enable(
    state: &AppState,
    viewer: &Viewer,
    (standing, secret): (&FactorStanding, &Secret),
    typed: &TypedCode,
) -> Result<Option<Vec<String>>, AppError> {
    let attempt = second_step::attempt(state, viewer.address, viewer.user_id, typed).await?;
    let taken =
        || AppError::Conflict("You have an authenticator app already. Remove it before you set up another.".to_owned());
    if standing.enabled_at().is_some() {
        return Err(taken());
    }
    let Some(new) = NewFactor::of(state, (viewer.user_id, standing), secret, typed)? else { return Ok(None) };
    let now = state.clock.now();
    let stored = state.db.write(async |uow| {
        if !new.store(uow, now).await? {
            return Ok(Recorded::unchanged(false));
        }
        security::tell(uow, now, viewer.user_id, SecurityEvent::SecondFactorSetUp).await?;
        let event = about(viewer, AuditAction::SecondFactorAdded, "enabled");
        Ok::<_, NotStored>(audit::record(uow, now, viewer, event).await?.with(true))
    });
    match stored.await {
        Ok(true) => {
            attempt.succeeded().await;
            Ok(Some(new.codes))
        }
        Ok(false) | Err(NotStored::Taken) => Err(taken()),
        Err(NotStored::Failed(error)) => Err(error),
    }
}

/// What became of the viewer's wish to have no app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum Disabled {
    /// They have none now.
    Done,
    /// It is all that they have, and they must have a second factor.
    MustHaveOne,
}

/// Asks the viewer for no codes any more.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn disable(state: &AppState, viewer: &Viewer) -> Result<Disabled, AppError> {
    let must_have = must_have(state, viewer).await?;
    let (now, user_id) = (state.clock.now(), viewer.user_id);
    state
        .db
        .write(async |uow| {
            passkeys::lock(uow, user_id).await?;
            let is_last = passkeys::ids(uow, user_id).await?.is_empty();
            if is_last && must_have {
                return Ok(Recorded::unchanged(Disabled::MustHaveOne));
            }
            if !second_factor::remove_app(uow, now, user_id).await? {
                return Ok(Recorded::unchanged(Disabled::Done));
            }
            if is_last {
                second_factor::end_codes(uow, user_id).await?;
            }
            security::tell(uow, now, user_id, SecurityEvent::SecondFactorRemoved).await?;
            let event = about(viewer, AuditAction::SecondFactorRemoved, "removed");
            Ok(audit::record(uow, now, viewer, event).await?.with(Disabled::Done))
        })
        .await
}

/// Whether the viewer must have a second factor.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn must_have(state: &AppState, viewer: &Viewer) -> Result<bool, AppError> {
    let account = queries::credentials_by_id(&state.db.reader(), viewer.user_id).await?;
    Ok(account.is_some_and(|account| account.must_have_factor(state.settings.environment)))
}

/// New recovery codes in the place of the old ones, to be shown once; nothing to whoever has no second factor.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn renew_codes(
    state: &AppState,
    viewer: &Viewer,
) -> Result<Option<Vec<String>>, AppError> {
    let (now, codes, user_id) = (state.clock.now(), recovery::make(), viewer.user_id);
    let made = state.db.write(async |uow| {
        // Beside a removal, or another renewal, codes would be left of no factor, or twenty.
        passkeys::lock(uow, user_id).await?;
        if !second_factor::has_app(uow, user_id).await? && passkeys::ids(uow, user_id).await?.is_empty() {
            return Ok::<_, AppError>(Recorded::unchanged(false));
        }
        second_factor::replace_codes(uow, now, user_id, &codes).await?;
        security::tell(uow, now, user_id, SecurityEvent::RecoveryCodesMade).await?;
        let event = about(viewer, AuditAction::RecoveryCodesMade, "recovery codes made");
        Ok(audit::record(uow, now, viewer, event).await?.with(true))
    });
    Ok(made.await?.then_some(codes))
}

fn about(viewer: &Viewer, action: AuditAction, what: &'static str) -> AuditEvent {
    AuditEvent::new(action, AuditSubject::User, viewer.user_id).word("second_factor", what)
}

/// Takes the second factor of somebody else away, who is told so by mail, in the unit of work of an administrator's act, which tells the trail
/// and ends that person's sessions. Whether there was one. Six statements at most.
///
/// # Errors
/// The database's.
pub(crate) async fn reset_second_factor(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    reason: RemovalReason,
) -> Result<bool, DbErr> {
    if !second_factor::reset(uow, now, user_id, reason.label()).await? {
        return Ok(false);
    }
    security::tell(uow, now, user_id, SecurityEvent::SecondFactorReset).await?;
    Ok(true)
}
