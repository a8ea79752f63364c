//! The owner of an account is told what was done to it.

use chrono::{DateTime, Utc};
use entity::{
    address_link::Column,
    enums::{AddressLinkPurpose, SecurityEvent},
};
use sea_orm::{ColumnTrait, DbErr, QueryFilter};

use super::addresses::open_links;
use crate::{
    db::UnitOfWork,
    features::{
        accounts::queries::NO_PAGE,
        mail::{self, QueuedMail},
    },
};

/// Tells the owner of the account `user_id`, by mail, in the unit of work of what was done. How many they get in a day is bounded when they are sent. One
/// statement.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(crate) async fn tell(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    event: SecurityEvent,
) -> Result<(), DbErr> {
    tell_all(uow, now, user_id, [event]).await
}

/// The same for several events at once. One statement; none where there is nothing to tell.
///
/// # Errors
/// The database's; the unit of work, and with it the act, fails then.
pub(super) async fn tell_all(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    events: impl IntoIterator<Item = SecurityEvent>,
) -> Result<(), DbErr> {
    mail::queue(uow, now, events.into_iter().map(|event| (user_id, QueuedMail::Security(event)))).await
}

/// Withdraws what waits for another address: whoever asked for it knew a password that is none any more. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn withdraw_changes(uow: &UnitOfWork, now: DateTime<Utc>, user_id: i64) -> Result<(), DbErr> {
    let waiting = open_links(now, user_id).filter(Column::Purpose.eq(AddressLinkPurpose::Change));
    uow.update_where(waiting, NO_PAGE).await.map(drop)
}
