//! The owner of an account is told what became of its passkeys. All that is told of them goes through here.

use chrono::{DateTime, Utc};
use entity::enums::SecurityEvent;
use sea_orm::DbErr;

use crate::{db::UnitOfWork, features::accounts::service::security};

/// What there is to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PasskeyNews {
    /// There is one more.
    Added,
    /// One was removed, by themselves.
    Removed,
    /// One was refused of which there may be a copy.
    Copied,
}

/// Tells the owner of the account `user_id`, by mail and on their page of second factors. One statement.
///
/// # Errors
/// The database's.
pub(super) async fn tell_owner(
    uow: &UnitOfWork,
    now: DateTime<Utc>,
    user_id: i64,
    news: PasskeyNews,
) -> Result<(), DbErr> {
    let event = match news {
        PasskeyNews::Added => SecurityEvent::PasskeyAdded,
        PasskeyNews::Removed => SecurityEvent::PasskeyRemoved,
        PasskeyNews::Copied => {
            log::warn!("a passkey of user {user_id} was refused, of which there may be a copy");
            SecurityEvent::PasskeyCopied
        }
    };
    security::tell(uow, now, user_id, event).await
}
