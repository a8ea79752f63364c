//! One page of a call says something to another.

use entity::call_signal;
use sea_orm::{ActiveValue::NotSet, Set};

use super::OVER;
use crate::{
    coherence::Topic,
    db::Unrecorded,
    features::calls::{
        forms::Signal,
        participant::{Participant, PeerOfVisit},
        queries::{self, PeerStanding},
    },
    state::AppState,
    web::AppError,
};

const SIGNALS: Unrecorded =
    Unrecorded::of(&["call_signal"], "how two pages find each other is no act; that their people speak has its line");

const GONE: &str = "The page that this was said to is gone. Whoever sat before it joins with another.";

/// Says it. Two statements.
///
/// # Errors
/// [`AppError::NotFound`] when the page is not one of `who` in the visit `id`; [`AppError::Conflict`] when it, or the one that it speaks to, has no
/// part in the call any more; [`AppError::TooManyRequests`] after too many in a minute.
pub(in crate::features::calls) async fn send(
    state: &AppState,
    who: Participant<'_>,
    id: i64,
    signal: &Signal,
) -> Result<(), AppError> {
    // Each counts, whatever becomes of it.
    let _counted = state.kit.rate_limiter.attempt(&who.signals()).await?;
    let now = state.clock.now();
    let page = PeerOfVisit { visit: id, key: &signal.peer };
    state
        .db
        .write_unrecorded(SIGNALS, async |uow| {
            let to = (signal.to.as_str(), now);
            let standing = uow.read(async |conn| queries::standing(who, conn, page, to).await).await?;
            let standing = standing.ok_or(AppError::NotFound)?;
            if let Some(why) = refusal(&standing) {
                return Err(AppError::Conflict(why.to_owned()));
            }
            let row = call_signal::ActiveModel {
                id: NotSet,
                call_id: Set(standing.call_id),
                from_key: Set(signal.peer.clone()),
                to_key: Set(signal.to.clone()),
                kind: Set(signal.kind),
                body: Set(signal.body.clone()),
                created_at: Set(now),
                updated_at: Set(now),
            };
            uow.insert_many([row], Topic::Call(id)).await?;
            Ok(())
        })
        .await
}

fn refusal(standing: &PeerStanding) -> Option<&'static str> {
    if !standing.takes_part() {
        return Some(OVER);
    }
    (!standing.reaches).then_some(GONE)
}
