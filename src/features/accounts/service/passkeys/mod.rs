//! Passkeys as rows: whose they are, and how one goes. How one is added and used is told beside this.

mod adding;
mod challenges;
mod owner;
mod using;

use chrono::{DateTime, Utc};
use entity::{
    enums::{AuditAction, AuditSubject, Role},
    passkey::{self, Column},
    user,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub(in crate::features::accounts) use self::{
    adding::{Added, FirstPasskey, add, set_up},
    challenges::{Occasion, ask_for_first, ask_for_new, ask_for_one},
    using::{NotConsumed, PasskeyTaken, UsedPasskey, consume, enter, prove},
};

use self::owner::{PasskeyNews, tell_owner};
use super::{own_factor, second_factor};
use crate::{
    access::Viewer,
    coherence::Topics,
    db::{Reader, Recorded, UnitOfWork},
    features::audit::{self, AuditEvent},
    state::AppState,
    web::AppError,
};

/// No page that is kept shows them.
const NO_PAGE: Topics = Topics::exempt("no page that is kept shows passkeys");
/// What is said of an answer that is not accepted.
pub(in crate::features::accounts) const WRONG: &str =
    "This passkey was not accepted. Try again, or use something else.";
/// The same of one of which there may be a copy.
pub(in crate::features::accounts) const COPIED: &str = "This passkey was refused: it counts its uses, and this count was seen before. There may be a copy of it. Use something else, \
     then remove it from your second factors.";
/// How many somebody may have.
pub(in crate::features::accounts) const MOST: usize = 10;

/// This person's passkeys, the oldest first.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn of(reader: &Reader, user_id: i64) -> Result<Vec<passkey::Model>, DbErr> {
    let own = passkey::Entity::find().filter(Column::UserId.eq(user_id)).order_by_asc(Column::Id);
    reader.run(NO_PAGE, async |conn| own.clone().all(conn).await).await
}

/// Keeps whoever else changes what this person has beside their password waiting until the unit of work ends: a rule about how many there are is
/// looked at by one at a time. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn lock(uow: &UnitOfWork, user_id: i64) -> Result<(), DbErr> {
    let row = user::Entity::find_by_id(user_id).select_only().column(user::Column::Role).lock_exclusive();
    uow.read(async |conn| row.into_tuple::<Role>().one(conn).await).await.map(drop)
}

/// The `passkey.id` of each that this person has. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn ids(uow: &UnitOfWork, user_id: i64) -> Result<Vec<i64>, DbErr> {
    let own = passkey::Entity::find().select_only().column(Column::Id).filter(Column::UserId.eq(user_id));
    uow.read(async |conn| own.into_tuple().all(conn).await).await
}

/// Removes all of them, as an administrator does: how many. One statement.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn remove_all(uow: &UnitOfWork, user_id: i64) -> Result<u64, DbErr> {
    let all = passkey::Entity::delete_many().filter(Column::UserId.eq(user_id));
    uow.delete_where(all, NO_PAGE).await
}

/// What became of the viewer's wish to have a passkey no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::features::accounts) enum Removed {
    /// It is gone.
    Done,
    /// It is the last that they have, and they must have one.
    MustHaveOne,
    /// They have no such passkey.
    NotTheirs,
}

/// Removes one of the viewer's passkeys, and with the last second factor its recovery codes.
///
/// # Errors
/// The database's.
pub(in crate::features::accounts) async fn remove(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
) -> Result<Removed, AppError> {
    let must_have = own_factor::must_have(state, viewer).await?;
    let now = state.clock.now();
    state.db.write(async |uow| remove_one(uow, now, viewer, (id, must_have)).await).await
}

async fn remove_one(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    viewer: &Viewer,
    (id, must_have): (i64, bool),
) -> Result<Recorded<Removed>, AppError> {
    let user_id = viewer.user_id;
    lock(uow, user_id).await?;
    let own = ids(uow, user_id).await?;
    if !own.contains(&id) {
        return Ok(Recorded::unchanged(Removed::NotTheirs));
    }
    let is_last = own.len() == 1 && !second_factor::has_app(uow, user_id).await?;
    if is_last && must_have {
        return Ok(Recorded::unchanged(Removed::MustHaveOne));
    }
    uow.delete_where(passkey::Entity::delete_many().filter(Column::Id.eq(id)), NO_PAGE).await?;
    if is_last {
        second_factor::end_codes(uow, user_id).await?;
    }
    tell_owner(uow, now, user_id, PasskeyNews::Removed).await?;
    let event = about(user_id, AuditAction::SecondFactorRemoved, "passkey removed").number("passkey", id);
    Ok(audit::record(uow, now, viewer, event).await?.with(Removed::Done))
}

fn about(user_id: i64, action: AuditAction, what: &'static str) -> AuditEvent {
    AuditEvent::new(action, AuditSubject::User, user_id).word("second_factor", what)
}
