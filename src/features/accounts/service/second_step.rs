//! The second step of a sign-in: a code, or the setting up of an app by somebody who must have one.

use std::net::IpAddr;

use entity::enums::{AuditAction, AuditSubject};

use super::{
    entering::{self, Entrant, Entry, EntryFactor},
    second_factor::{self, CodeVerdict, FactorStanding, NewFactor, UsedCode},
    security,
};
use crate::{
    db::Recorded,
    features::{
        accounts::second_factor::{Secret, TypedCode},
        audit::{self, Actor, AuditEvent},
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::{Attempt, Key},
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
};

/// What became of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum CodeTaken {
    /// They are in.
    In,
    /// They are in, and these recovery codes are to be shown, once.
    InWith(Vec<String>),
    /// It was none, or used before.
    Wrong,
    /// The site's key is another than the one under which their secret is kept.
    Unreadable,
}

/// Lets somebody in whose password was right, if `typed` is a code of theirs.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
pub(in crate::features::accounts) async fn give(
    state: &AppState,
    entrant: Entrant<'_>,
    typed: &TypedCode,
) -> Result<CodeTaken, AppError> {
    let attempt = attempt_from(state, entrant, typed).await?;
    let Entrant { from, account } = entrant;
    let taken = match second_factor::judge(state, account.id, typed).await? {
        CodeVerdict::Unreadable => return Ok(CodeTaken::Unreadable),
        CodeVerdict::Wrong => false,
        CodeVerdict::Right(code) => {
            let factor = Some(EntryFactor::Used(&code));
            entering::enter(state, Entry { entrant, renewed_hash: None, factor }).await?
        }
    };
    if !taken {
        refused(state, account.actor(from.address)).await?;
        return Ok(CodeTaken::Wrong);
    }
    attempt.succeeded().await;
    Ok(CodeTaken::In)
}

/// Lets somebody in who has just set up an app, if `typed` is a code of the secret that they were offered.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
pub(in crate::features::accounts) async fn set_up(
    state: &AppState,
    entrant: Entrant<'_>,
    (standing, secret): (&FactorStanding, &Secret),
    typed: &TypedCode,
) -> Result<CodeTaken, AppError> {
    let attempt = attempt_from(state, entrant, typed).await?;
    let Entrant { from, account } = entrant;
    let Some(new) = NewFactor::of(state, (account.id, standing), secret, typed)? else {
        state.kit.refusals.note(refusal(account.id, from.address, "wrong_code"));
        return Ok(CodeTaken::Wrong);
    };
    let factor = Some(EntryFactor::New(&new));
    if !entering::enter(state, Entry { entrant, renewed_hash: None, factor }).await? {
        return Ok(CodeTaken::Wrong);
    }
    attempt.succeeded().await;
    Ok(CodeTaken::InWith(new.codes))
}

/// A try by somebody between the two steps: by the window of a browser that is known for the account, so that whoever has the password does
/// not keep its owner out; else as everybody's.
async fn attempt_from(
    state: &AppState,
    Entrant { from, account }: Entrant<'_>,
    typed: &TypedCode,
) -> Result<Attempt, AppError> {
    if let Some(device) = from.devices.known(state, account.known_for())
        && let Ok(attempt) = state.kit.rate_limiter.attempt(&Key::second_factor_device(&device)).await
    {
        return Ok(attempt);
    }
    attempt(state, from.address, account.id, typed).await
}

/// A try to give a code. Codes of an app are few, so all that are tried for an account count together; recovery codes are not guessed, so
/// that they only wait, and whoever fills the other window leaves the owner a way in.
///
/// # Errors
/// `TooManyRequests`.
pub(in crate::features::accounts) async fn attempt(
    state: &AppState,
    from: IpAddr,
    user_id: i64,
    typed: &TypedCode,
) -> Result<Attempt, AppError> {
    let tried = match typed {
        TypedCode::Recovery(_) => state.kit.rate_limiter.attempt(&Key::recovery_code(user_id, from)).await,
        TypedCode::OfTheApp(_) | TypedCode::Neither => {
            state.kit.rate_limiter.attempt(&Key::second_factor(user_id, from)).await
        }
    };
    tried.map_err(|wait| {
        state.kit.refusals.note(refusal(user_id, from, "too_many"));
        AppError::TooManyRequests(wait.seconds())
    })
}

fn refusal(user_id: i64, address: IpAddr, reason: &'static str) -> Refusal {
    Refusal { act: RefusedAct::SecondFactor, reason, account: Some(TriedAccount::Numbered(user_id)), address }
}

/// Puts a code that was refused into the trail.
///
/// # Errors
/// The database's: a try that cannot be recorded is not answered.
pub(in crate::features::accounts) async fn refused(state: &AppState, actor: Actor) -> Result<(), AppError> {
    let now = state.clock.now();
    if let Some(address) = actor.address {
        state.kit.refusals.note_in_log(&refusal(actor.id, address, "wrong_code"));
    }
    let event = AuditEvent::new(AuditAction::SecondFactorRefused, AuditSubject::User, actor.id)
        .word("second_factor", "code refused");
    state.db.write(async |uow| Ok(audit::record(uow, now, actor.clone(), event.clone()).await?)).await
}

/// Uses up a code of somebody who is signed in, and tells the trail: whether it was one.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn spend(
    state: &AppState,
    actor: &Actor,
    code: &UsedCode,
) -> Result<bool, AppError> {
    let now = state.clock.now();
    let event = AuditEvent::new(AuditAction::SecondFactorUsed, AuditSubject::User, actor.id);
    let event = event.word(
        "second_factor",
        match code {
            UsedCode::Step(_) => "code used",
            UsedCode::Recovery(_) => "recovery code used",
        },
    );
    state
        .db
        .write(async |uow| {
            if !second_factor::consume(uow, now, actor.id, code).await? {
                return Ok(Recorded::unchanged(false));
            }
            security::tell_all(uow, now, actor.id, code.told()).await?;
            Ok(audit::record(uow, now, actor.clone(), event.clone()).await?.with(true))
        })
        .await
}
