//! Challenges: what a browser is to have signed. Each is for one purpose, for one session or pending sign-in, for five minutes, and for one
//! answer, right or wrong. It is kept here; the browser holds nothing but the challenge itself.

use chrono::{DateTime, TimeDelta, Utc};
use entity::passkey_challenge::{self, Column};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, Set};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::NO_PAGE;
use crate::{
    access::Viewer,
    db::{Reader, UnitOfWork, Unrecorded},
    features::accounts::{
        passkey::{Ceremony, RelyingParty},
        queries::{self, Credentials},
    },
    state::AppState,
    web::AppError,
};

/// How long there is to answer. Browsers ask for as long.
const LASTS: TimeDelta = TimeDelta::minutes(5);

const ASKED: Unrecorded =
    Unrecorded::of(&["passkey_challenge"], "what a browser is asked to sign changes nothing; what follows is recorded");

const NO_NAME: &str = "Passkeys need a site with a name, and this one is reached by a number.";
const TOO_MANY: &str = "You have ten passkeys already. Remove one before you add another.";
const NONE: &str = "You have no passkey here. Use something else.";

/// What a passkey is asked for, and who may answer: whoever has this session, or this sign-in whose password was right.
#[derive(Clone, Copy, Debug)]
pub(in crate::features::accounts) enum Occasion<'a> {
    /// To add it; with the digest of the session's key.
    Adding(&'a str),
    /// To show once more who one is; with the digest of the session's key.
    Proof(&'a str),
    /// To be let in; with what is random in the pending sign-in.
    SignIn(&'a str),
    /// To have a first one, and be let in with it; with the same.
    SetUp(&'a str),
}

impl Occasion<'_> {
    fn binding(self, user_id: i64) -> String {
        let (purpose, key) = match self {
            Self::Adding(key) => (0_u8, key),
            Self::Proof(key) => (1, key),
            Self::SignIn(nonce) => (2, nonce),
            Self::SetUp(nonce) => (3, nonce),
        };
        let digest = Sha256::new().chain_update([purpose]).chain_update(user_id.to_be_bytes()).chain_update(key);
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the viewer's browser is asked to make a passkey with.
///
/// # Errors
/// `Conflict` when they have as many as anybody may have, or the site has no name; the database's.
pub(in crate::features::accounts) async fn ask_for_new(state: &AppState, viewer: &Viewer) -> Result<Value, AppError> {
    let site = site(state)?;
    let reader = state.db.reader();
    let known = super::of(&reader, viewer.user_id).await?;
    if known.len() >= super::MOST {
        return Err(too_many());
    }
    let profile = queries::profile(viewer, &reader).await?;
    let ceremony = site.ask_for_new((&viewer.name(), &profile.email), &known);
    let ceremony = ceremony.ok_or_else(|| AppError::internal("a passkey cannot be asked for"))?;
    keep(state, viewer.user_id, Occasion::Adding(&viewer.key_hash), &ceremony).await?;
    Ok(ceremony.options)
}

/// What the browser of somebody is asked to make a passkey with who must have a second factor, has none, and has given their password.
///
/// # Errors
/// `Conflict` when the site has no name; the database's.
pub(in crate::features::accounts) async fn ask_for_first(
    state: &AppState,
    account: &Credentials,
    nonce: &str,
) -> Result<Value, AppError> {
    let name = format!("{} {}", account.first_name, account.last_name);
    let ceremony = site(state)?.ask_for_new((&name, &account.email), &[]);
    let ceremony = ceremony.ok_or_else(|| AppError::internal("a passkey cannot be asked for"))?;
    keep(state, account.id, Occasion::SetUp(nonce), &ceremony).await?;
    Ok(ceremony.options)
}

/// What the browser of this person is asked to sign with one of their passkeys.
///
/// # Errors
/// `Conflict` when they have none, or the site has no name; the database's.
pub(in crate::features::accounts) async fn ask_for_one(
    state: &AppState,
    user_id: i64,
    occasion: Occasion<'_>,
) -> Result<Value, AppError> {
    let known = super::of(&state.db.reader(), user_id).await?;
    let ceremony = site(state)?.ask_for_one(&known).ok_or_else(|| AppError::Conflict(NONE.to_owned()))?;
    keep(state, user_id, occasion, &ceremony).await?;
    Ok(ceremony.options)
}

/// The site as passkeys know it.
pub(super) fn site(state: &AppState) -> Result<RelyingParty, AppError> {
    RelyingParty::of(&state.settings).ok_or_else(|| AppError::Conflict(NO_NAME.to_owned()))
}

pub(super) fn too_many() -> AppError {
    AppError::Conflict(TOO_MANY.to_owned())
}

/// Keeps what an answer is held against, in the place of what was asked before on the same occasion and of what is over.
async fn keep(state: &AppState, user_id: i64, occasion: Occasion<'_>, ceremony: &Ceremony) -> Result<(), AppError> {
    let (now, binding) = (state.clock.now(), occasion.binding(user_id));
    let before = Condition::any().add(Column::Binding.eq(binding.as_str())).add(Column::ExpiresAt.lte(now));
    let row = passkey_challenge::ActiveModel {
        id: NotSet,
        user_id: Set(user_id),
        binding: Set(binding.clone()),
        challenge: Set(ceremony.challenge.clone()),
        state: Set(ceremony.state.clone()),
        expires_at: Set(now + LASTS),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let kept = state.db.write_unrecorded(ASKED, async |uow| {
        let gone = passkey_challenge::Entity::delete_many().filter(Column::UserId.eq(user_id)).filter(before.clone());
        uow.delete_where(gone, NO_PAGE).await?;
        uow.insert(row.clone(), NO_PAGE).await.map(drop)
    });
    Ok(kept.await?)
}

/// The challenge that is answered, if it was made for this person and occasion, is not over, and was not answered before.
pub(super) async fn find(
    (reader, now): (&Reader, DateTime<Utc>),
    (user_id, occasion): (i64, Occasion<'_>),
    challenge: &str,
) -> Result<Option<passkey_challenge::Model>, DbErr> {
    let open = passkey_challenge::Entity::find()
        .filter(Column::Challenge.eq(challenge))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Binding.eq(occasion.binding(user_id)))
        .filter(Column::ExpiresAt.gt(now));
    reader.run(NO_PAGE, async |conn| open.clone().one(conn).await).await
}

/// Uses a challenge up: whether it was still there. Of many at one moment one is. One statement.
pub(super) async fn end(uow: &UnitOfWork, id: i64) -> Result<bool, DbErr> {
    let gone = passkey_challenge::Entity::delete_many().filter(Column::Id.eq(id));
    Ok(uow.delete_where(gone, NO_PAGE).await? == 1)
}
