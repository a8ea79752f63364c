//! People add passkeys.

use chrono::{DateTime, Utc};
use entity::{enums::AuditAction, passkey};
use sea_orm::{ActiveValue::NotSet, Set};

use super::{
    NO_PAGE, PasskeyNews, about,
    challenges::{self, Occasion, too_many},
    tell_owner, using,
};
use crate::{
    access::Viewer,
    db::{DbErr, Recorded, UnitOfWork},
    features::{
        accounts::{
            passkey::{MadeAnswer, MadePasskey},
            second_factor::recovery,
            service::{
                entering::{self, Entrant, Entry, EntryFactor},
                second_factor,
            },
        },
        audit,
    },
    state::AppState,
    web::AppError,
};

/// What became of a new passkey.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum Added {
    /// It is theirs.
    Done,
    /// It is, as their first second factor: these recovery codes are to be shown, once.
    DoneWith(Vec<String>),
    /// The answer is none to what was asked, or comes too late, or was given before.
    Refused,
    /// The device has made one that is somebody's already.
    Taken,
}

/// Why one was not stored.
enum NotAdded {
    Taken,
    Failed(AppError),
}

impl From<DbErr> for NotAdded {
    fn from(error: DbErr) -> Self {
        if second_factor::is_taken(&error) { Self::Taken } else { Self::Failed(error.into()) }
    }
}

/// Adds the passkey of that answer to the viewer's, under that name.
///
/// # Errors
/// `Conflict` when they have as many as anybody may have, or the site has no name; the database's.
pub(in crate::features::accounts) async fn add(
    state: &AppState,
    viewer: &Viewer,
    name: &str,
    answer: &MadeAnswer,
) -> Result<Added, AppError> {
    let site = challenges::site(state)?;
    let now = state.clock.now();
    let Some(challenge) = answer.challenge() else { return Ok(Added::Refused) };
    let occasion = Occasion::Adding(&viewer.key_hash);
    let asked = challenges::find((&state.db.reader(), now), (viewer.user_id, occasion), &challenge).await?;
    let Some(asked) = asked else { return Ok(Added::Refused) };
    let Some(made) = site.made(&asked.state, answer) else { return Ok(Added::Refused) };
    let new = NewPasskey { user_id: viewer.user_id, challenge_id: asked.id, name, made: &made };
    match state.db.write(async |uow| store(uow, now, viewer, &new).await).await {
        Ok(Some(added)) => Ok(added),
        Ok(None) => Err(too_many()),
        Err(NotAdded::Taken) => Ok(Added::Taken),
        Err(NotAdded::Failed(error)) => Err(error),
    }
}

/// Lets somebody in who had to set up a second factor, if `answer` is a passkey that was made for this sign-in: it is theirs under that name.
///
/// # Errors
/// `TooManyRequests` after too many that were none; the database's.
pub(in crate::features::accounts) async fn set_up(
    state: &AppState,
    entrant: Entrant<'_>,
    (nonce, name): (&str, &str),
    answer: &MadeAnswer,
) -> Result<Added, AppError> {
    let attempt = using::attempt_from(state, entrant).await?;
    let (site, now, user_id) = (challenges::site(state)?, state.clock.now(), entrant.account.id);
    let Some(challenge) = answer.challenge() else { return Ok(Added::Refused) };
    let (reader, occasion) = (state.db.reader(), Occasion::SetUp(nonce));
    let asked = challenges::find((&reader, now), (user_id, occasion), &challenge).await?;
    let Some(asked) = asked else { return Ok(Added::Refused) };
    let Some(made) = site.made(&asked.state, answer) else { return Ok(Added::Refused) };
    let new = NewPasskey { user_id, challenge_id: asked.id, name, made: &made };
    let first = FirstPasskey { new, codes: recovery::make() };
    let factor = Some(EntryFactor::NewPasskey(&first));
    if !entering::enter(state, Entry { entrant, renewed_hash: None, factor }).await? {
        return Ok(Added::Refused);
    }
    attempt.succeeded().await;
    Ok(Added::DoneWith(first.codes))
}

/// A passkey that is to be somebody's first second factor, with its recovery codes.
pub(in crate::features::accounts) struct FirstPasskey<'a> {
    new: NewPasskey<'a>,
    codes: Vec<String>,
}

impl FirstPasskey<'_> {
    /// Stores it; `false` if they have another second factor by now, or have answered before. Seven statements.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::features::accounts) async fn store(
        &self,
        uow: &UnitOfWork,
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        let Self { new, codes } = self;
        super::lock(uow, new.user_id).await?;
        let has_one =
            !super::ids(uow, new.user_id).await?.is_empty() || second_factor::has_app(uow, new.user_id).await?;
        if has_one || !challenges::end(uow, new.challenge_id).await? {
            return Ok(false);
        }
        uow.insert(new.row(now), NO_PAGE).await?;
        second_factor::replace_codes(uow, now, new.user_id, codes).await?;
        Ok(true)
    }
}

struct NewPasskey<'a> {
    user_id: i64,
    challenge_id: i64,
    name: &'a str,
    made: &'a MadePasskey,
}

/// Nothing if they have as many as anybody may have.
async fn store(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    viewer: &Viewer,
    new: &NewPasskey<'_>,
) -> Result<Recorded<Option<Added>>, NotAdded> {
    super::lock(uow, new.user_id).await?;
    let before = super::ids(uow, new.user_id).await?.len();
    if before >= super::MOST {
        return Ok(Recorded::unchanged(None));
    }
    let is_first = before == 0 && !second_factor::has_app(uow, new.user_id).await?;
    if !challenges::end(uow, new.challenge_id).await? {
        return Ok(Recorded::unchanged(Some(Added::Refused)));
    }
    let stored = uow.insert(new.row(now), NO_PAGE).await?;
    let added = if is_first {
        let codes = recovery::make();
        second_factor::replace_codes(uow, now, new.user_id, &codes).await?;
        Added::DoneWith(codes)
    } else {
        Added::Done
    };
    tell_owner(uow, now, new.user_id, PasskeyNews::Added).await?;
    let event = about(new.user_id, AuditAction::SecondFactorAdded, "passkey added").number("passkey", stored.id);
    Ok(audit::record(uow, now, viewer, event).await?.with(Some(added)))
}

impl NewPasskey<'_> {
    fn row(&self, now: DateTime<Utc>) -> passkey::ActiveModel {
        passkey::ActiveModel {
            id: NotSet,
            user_id: Set(self.user_id),
            credential_id: Set(self.made.credential_id.clone()),
            user_handle: Set(self.made.user_handle.clone()),
            name: Set(self.name.to_owned()),
            public_key: Set(self.made.public_key.clone()),
            state: Set(self.made.first.state.clone()),
            sign_count: Set(self.made.first.sign_count),
            transports: Set(self.made.transports),
            last_used_at: Set(None),
            copied_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        }
    }
}
