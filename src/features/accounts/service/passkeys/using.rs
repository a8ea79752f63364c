//! People show who they are with a passkey: when they sign in, and when they are asked once more.

use chrono::{DateTime, Utc};
use entity::{
    enums::AuditAction,
    passkey::{self, Column},
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::{
    NO_PAGE, PasskeyNews, about,
    challenges::{self, Occasion},
    tell_owner,
};
use crate::{
    access::Viewer,
    db::UnitOfWork,
    features::{
        accounts::{
            passkey::{Accepted, PasskeyRefusal, SignedAnswer},
            service::entering::{self, Entrant, Entry, EntryFactor},
        },
        audit::{self, Actor},
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::{Attempt, Key},
    },
};

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum PasskeyTaken {
    /// It was right.
    Taken,
    /// It was not what was asked, came too late, or was given before.
    Wrong,
    /// The counter has not risen: there may be a copy of the passkey.
    Copied,
}

/// What is used up when an answer is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) struct UsedPasskey {
    challenge_id: i64,
    passkey_id: i64,
    before: Vec<u8>,
    after: Accepted,
}

/// Why an answer that was right is not accepted after all; the unit of work is to be given up.
#[derive(Debug)]
pub(in crate::features::accounts) enum NotConsumed {
    /// It was given before, or the passkey was used for something else meanwhile.
    Meanwhile,
    /// The database's error.
    Failed(DbErr),
}

impl From<DbErr> for NotConsumed {
    fn from(error: DbErr) -> Self {
        Self::Failed(error)
    }
}

/// What an answer is worth before anything is used up.
enum Verdict {
    Right(UsedPasskey),
    Wrong(Answered),
}

impl UsedPasskey {
    fn refused(&self) -> Answered {
        Answered { challenge_id: Some(self.challenge_id), copied_id: None }
    }
}

/// Of an answer that is refused, as far as is known.
#[derive(Clone, Copy, Debug, Default)]
struct Answered {
    challenge_id: Option<i64>,
    /// The passkey of which there may be a copy.
    copied_id: Option<i64>,
}

/// Lets somebody in whose password was right, if `answer` is one of a passkey of theirs to what this sign-in was asked.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
pub(in crate::features::accounts) async fn enter(
    state: &AppState,
    entrant: Entrant<'_>,
    nonce: &str,
    answer: &str,
) -> Result<PasskeyTaken, AppError> {
    let attempt = attempt_from(state, entrant).await?;
    let Entrant { from, account } = entrant;
    let answered = match judge(state, (account.id, Occasion::SignIn(nonce)), answer).await? {
        Verdict::Right(used) => {
            let factor = Some(EntryFactor::Passkey(&used));
            if entering::enter(state, Entry { entrant, renewed_hash: None, factor }).await? {
                attempt.succeeded().await;
                return Ok(PasskeyTaken::Taken);
            }
            used.refused()
        }
        Verdict::Wrong(answered) => answered,
    };
    refuse(state, account.actor(from.address), answered).await
}

/// A try by somebody between the two steps. What a passkey signs is not guessed, so the account's window, which strangers could fill, is left out.
pub(super) async fn attempt_from(
    state: &AppState,
    Entrant { from, account }: Entrant<'_>,
) -> Result<Attempt, AppError> {
    if let Some(device) = from.devices.known(state, account.known_for())
        && let Ok(attempt) = state.kit.rate_limiter.attempt(&Key::second_factor_device(&device)).await
    {
        return Ok(attempt);
    }
    let [place, _] = Key::second_factor(account.id, from.address);
    let attempt = state.kit.rate_limiter.attempt(&[place]).await;
    attempt.map_err(AppError::from)
}

/// Whether `answer` is one of a passkey of the viewer's to what they were asked; if so, that is noted in their session.
///
/// # Errors
/// `TooManyRequests` after too many wrong ones; the database's.
pub(in crate::features::accounts) async fn prove(
    state: &AppState,
    viewer: &Viewer,
    answer: &str,
) -> Result<PasskeyTaken, AppError> {
    let attempt = state.kit.rate_limiter.attempt(&Key::password(viewer.user_id)).await;
    let attempt = attempt.map_err(AppError::from)?;
    let answered = match judge(state, (viewer.user_id, Occasion::Proof(&viewer.key_hash)), answer).await? {
        Verdict::Right(used) => {
            if spend(state, viewer, &used).await? && state.sessions.prove(viewer.session_id).await? {
                attempt.succeeded().await;
                return Ok(PasskeyTaken::Taken);
            }
            used.refused()
        }
        Verdict::Wrong(answered) => answered,
    };
    refuse(state, Actor::from(viewer), answered).await
}

async fn spend(state: &AppState, viewer: &Viewer, used: &UsedPasskey) -> Result<bool, AppError> {
    let now = state.clock.now();
    let event = about(viewer.user_id, AuditAction::SecondFactorUsed, "passkey used").number("passkey", used.passkey_id);
    let spent = state.db.write(async |uow| {
        consume(uow, now, used).await?;
        Ok::<_, NotConsumed>(audit::record(uow, now, viewer, event.clone()).await?)
    });
    match spent.await {
        Ok(()) => Ok(true),
        Err(NotConsumed::Meanwhile) => Ok(false),
        Err(NotConsumed::Failed(error)) => Err(error.into()),
    }
}

async fn judge(state: &AppState, (user_id, occasion): (i64, Occasion<'_>), json: &str) -> Result<Verdict, AppError> {
    let unknown = Verdict::Wrong(Answered::default());
    let Some(answer) = SignedAnswer::read(json) else { return Ok(unknown) };
    let Some(challenge) = answer.challenge() else { return Ok(unknown) };
    let reader = state.db.reader();
    let asked = challenges::find((&reader, state.clock.now()), (user_id, occasion), &challenge).await?;
    let Some(asked) = asked else { return Ok(unknown) };
    let own = super::of(&reader, user_id).await?;
    let mut answered = Answered { challenge_id: Some(asked.id), copied_id: None };
    let Some(passkey) = own.into_iter().find(|passkey| answer.is_of(&passkey.credential_id)) else {
        return Ok(Verdict::Wrong(answered));
    };
    Ok(match challenges::site(state)?.signed(&asked.state, &answer, &passkey) {
        Ok(after) => {
            Verdict::Right(UsedPasskey { challenge_id: asked.id, passkey_id: passkey.id, before: passkey.state, after })
        }
        Err(refusal) => {
            answered.copied_id = (refusal == PasskeyRefusal::Copied).then_some(passkey.id);
            Verdict::Wrong(answered)
        }
    })
}

/// Uses up what was asked, and notes the use of the passkey. Two statements.
///
/// # Errors
/// [`NotConsumed::Meanwhile`] when one of the two is not as it was; the database's.
pub(in crate::features::accounts) async fn consume(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    used: &UsedPasskey,
) -> Result<(), NotConsumed> {
    let note = passkey::Entity::update_many()
        .col_expr(Column::State, Expr::value(used.after.state.clone()))
        .col_expr(Column::SignCount, Expr::value(used.after.sign_count))
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(used.passkey_id))
        .filter(Column::State.eq(used.before.clone()));
    let is_as_it_was = uow.update_where(note, NO_PAGE).await? == 1 && challenges::end(uow, used.challenge_id).await?;
    if is_as_it_was { Ok(()) } else { Err(NotConsumed::Meanwhile) }
}

/// Uses up what was asked all the same, and tells the trail; of a passkey that may have been copied, its row as well.
async fn refuse(state: &AppState, actor: Actor, answered: Answered) -> Result<PasskeyTaken, AppError> {
    let now = state.clock.now();
    let event = match answered.copied_id {
        Some(id) => {
            about(actor.id, AuditAction::SecondFactorRefused, "copy of a passkey refused").number("passkey", id)
        }
        None => about(actor.id, AuditAction::SecondFactorRefused, "passkey refused"),
    };
    let refused = state.db.write(async |uow| {
        if let Some(id) = answered.challenge_id {
            challenges::end(uow, id).await?;
        }
        if let Some(id) = answered.copied_id {
            let copied = passkey::Entity::update_many()
                .col_expr(Column::CopiedAt, Expr::value(now))
                .col_expr(Column::UpdatedAt, Expr::value(now))
                .filter(Column::Id.eq(id));
            uow.update_where(copied, NO_PAGE).await?;
            tell_owner(uow, now, actor.id, PasskeyNews::Copied).await?;
        }
        Ok::<_, AppError>(audit::record(uow, now, actor.clone(), event.clone()).await?)
    });
    refused.await?;
    if answered.copied_id.is_none() {
        return Ok(PasskeyTaken::Wrong);
    }
    Ok(PasskeyTaken::Copied)
}
