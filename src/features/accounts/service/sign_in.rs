//! Letting people in.

use chrono::{DateTime, Utc};
use entity::user;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use secrecy::SecretString;

use super::entering::{self, Entrant, Entry};
use crate::{
    coherence::Topics,
    db::Unrecorded,
    features::accounts::{
        forms::SignIn,
        hashing::{self, HashingTurn, PasswordVerdict},
        pending::PendingSignIn,
        queries::{self, Credentials},
        request_session::Origin,
    },
    state::AppState,
    web::{
        AppError,
        rate_limit::{Attempt, ClientNetwork, Key},
        refusals::{Refusal, RefusedAct, TriedAccount},
    },
};

const RENEWED: Unrecorded = Unrecorded::of(&["user"], "the same password at another cost is no other password");

/// Why nobody is let in with an address that no account has.
const NOBODYS: &str = "unknown_account";

/// How far somebody came with an address and a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum Admission {
    /// Not at all.
    Refused,
    /// In.
    Whole(Entered),
    /// To the second step: they have a second factor, or must have one.
    Pending(PendingSignIn),
}

/// Somebody who is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) struct Entered {
    /// `user.id`
    pub(in crate::features::accounts) user_id: i64,
    /// `user.browsers_forgotten_at`
    pub(in crate::features::accounts) browsers_forgotten_at: Option<DateTime<Utc>>,
}

/// How far the person comes whose address and password these are: whether the address is unknown, the password wrong or the person
/// deactivated, it is the same statement, the same hashing and the same answer. Whether their hospital is in the directory is not asked. Whether
/// they have a second factor shows only once the password was right.
///
/// # Errors
/// `TooManyRequests` after too many failures; the database's, which are never taken for a wrong password.
pub(in crate::features::accounts) async fn sign_in(
    state: &AppState,
    from: &Origin,
    try_: &SignIn,
) -> Result<Admission, AppError> {
    let (account, attempt, is_known) = admit(state, from, &try_.email).await?;
    let place = ClientNetwork::of(from.address).known(is_known);
    let turn = HashingTurn { place, cost: state.settings.security.password_hashing };
    let verdict = verdict(account.as_ref(), try_, turn).await?;
    let mut account = match judged(account, verdict) {
        Ok(account) => account,
        Err((reason, id)) => {
            let account = id.map_or_else(|| TriedAccount::Addressed(try_.email.clone()), TriedAccount::Numbered);
            note(state, from, (reason, account));
            return Ok(Admission::Refused);
        }
    };
    let renewed_hash = match verdict {
        PasswordVerdict::RightAsOfOld => renewed(turn, try_).await,
        _ => None,
    };
    if account.is_asked_for_more(state.settings.environment) {
        // Before the second step, which is bound to what is kept.
        if let Some(hash) = renewed_hash
            && replace_hash(state, &account, &hash).await
        {
            account.password_hash = hash;
        }
        attempt.succeeded().await;
        let pending = PendingSignIn::begin(&state.settings.secret_key, &account, state.clock.now());
        return Ok(Admission::Pending(pending));
    }
    let entrant = Entrant { from, account: &account };
    if !entering::enter(state, Entry { entrant, renewed_hash, factor: None }).await? {
        let Some(again) = looked_at_again(state, turn, try_).await? else { return Ok(Admission::Refused) };
        let entrant = Entrant { from, account: &again };
        if !entering::enter(state, Entry { entrant, renewed_hash: None, factor: None }).await? {
            return Ok(Admission::Refused);
        }
        account = again;
    }
    attempt.succeeded().await;
    let forgotten_at = account.known_for().forgotten_at;
    Ok(Admission::Whole(Entered { user_id: account.id, browsers_forgotten_at: forgotten_at }))
}

/// The account as it is now, if these still let in to it, and nothing beside them is asked for: of two sign-ins at one moment the first may have had the
/// password hashed anew, which to the second is another one.
async fn looked_at_again(state: &AppState, turn: HashingTurn, try_: &SignIn) -> Result<Option<Credentials>, AppError> {
    let account = queries::credentials_by_email(&state.db.reader(), &try_.email).await?;
    let verdict = verdict(account.as_ref(), try_, turn).await?;
    let account = judged(account, verdict).ok();
    Ok(account.filter(|account| !account.is_asked_for_more(state.settings.environment)))
}

/// Whether the password is the account's. Whether there is one or not, as much is hashed.
async fn verdict(account: Option<&Credentials>, try_: &SignIn, turn: HashingTurn) -> Result<PasswordVerdict, AppError> {
    let stored_hash = account.map(|account| account.password_hash.clone());
    hashing::verify(turn, try_.password.clone(), stored_hash).await
}

/// The same password at today's cost; nothing when there is no turn for it: whoever gave the right one is let in all the same, and it is
/// renewed another time.
async fn renewed(turn: HashingTurn, try_: &SignIn) -> Option<String> {
    let hash = hashing::hash_text(turn, try_.password.clone()).await;
    hash.inspect_err(|error| log::info!("a password is hashed anew another time: {error}")).ok()
}

/// Keeps the same password as `hash`, unless another is kept meanwhile; whether it does.
async fn replace_hash(state: &AppState, account: &Credentials, hash: &str) -> bool {
    let now = state.clock.now();
    let replace = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::UpdatedAt, Expr::value(now))
        .filter(user::Column::Id.eq(account.id))
        .filter(user::Column::PasswordHash.eq(account.password_hash.as_str()));
    let topics = || Topics::exempt("no page shows a password");
    let replaced = state.db.write_unrecorded(RENEWED, async |uow| uow.update_where(replace.clone(), topics()).await);
    match replaced.await {
        Ok(replaced) => replaced == 1,
        Err(error) => {
            log::warn!("a password is kept as it was hashed before: {error}");
            false
        }
    }
}

/// Lets a try in: by the window of a browser that is known for the account, whatever strangers do, else by those of everybody. The account,
/// if there is one, and whether the browser is known.
async fn admit(state: &AppState, from: &Origin, email: &str) -> Result<(Option<Credentials>, Attempt, bool), AppError> {
    let limiter = &state.kit.rate_limiter;
    let reader = state.db.reader();
    // Who brings no browser's name is let in before the database is asked anything.
    let early = match from.devices.is_empty() {
        true => None,
        false => Some(queries::credentials_by_email(&reader, email).await?),
    };
    if let Some(Some(account)) = &early
        && let Some(device) = from.devices.known(state, account.known_for())
        && let Ok(attempt) = limiter.attempt(&Key::device(&device)).await
    {
        return Ok((early.flatten(), attempt, true));
    }
    let attempt = limiter.attempt(&Key::sign_in(email, from.address)).await.map_err(|wait| {
        note(state, from, ("too_many", TriedAccount::Addressed(email.to_owned())));
        AppError::TooManySignIns(wait.seconds())
    })?;
    let account = match early {
        Some(found) => found,
        None => queries::credentials_by_email(&reader, email).await?,
    };
    Ok((account, attempt, false))
}

/// The account that is let in, or why none is, and whose it is.
fn judged(account: Option<Credentials>, verdict: PasswordVerdict) -> Result<Credentials, (&'static str, Option<i64>)> {
    match account {
        None => Err((NOBODYS, None)),
        Some(account) if verdict == PasswordVerdict::Wrong => Err(("wrong_password", Some(account.id))),
        Some(account) if !account.may_enter() => Err(("shut_account", Some(account.id))),
        Some(account) => Ok(account),
    }
}

fn note(state: &AppState, from: &Origin, (reason, account): (&'static str, TriedAccount)) {
    let refusal = Refusal { act: RefusedAct::SignIn, reason, account: Some(account), address: from.address };
    if reason == NOBODYS {
        // Nobody has a trail in which it could be told; and invented addresses would take the room of what can.
        state.kit.refusals.note_in_log(&refusal);
    } else {
        state.kit.refusals.note(refusal);
    }
}

/// The try that a form with this address and password is.
pub(in crate::features::accounts) fn with(email: &str, password: &str) -> SignIn {
    SignIn { email: email.to_owned(), password: SecretString::from(password) }
}
