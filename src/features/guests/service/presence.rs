//! Whether a guest's page is open: a lease that each of its signs renews, as of the two who meet. Nothing is decided by it; the room shows it.

use chrono::{DateTime, Utc};
use entity::visit_guest::{self, ActiveModel, Column};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, Set};

use crate::{
    coherence::{Topic, Topics},
    db::Unrecorded,
    features::{
        calls::{self, Beat, GRACE, PAUSE, PeerOwner, Sign},
        guests::queries::LinkedGuest,
    },
    state::AppState,
    web::AppError,
};

const SIGNS: Unrecorded = Unrecorded::of(
    &["visit_guest"],
    "that a guest waits is no act; that they were invited, let in, in the call and removed has its lines",
);
const STILL_THERE: Topics = Topics::exempt("rooms show until when they believe it, and look again then");

/// The page of `guest` says that it is there, or that it goes; with the key that it has in the call, if it takes part. Three statements at most.
///
/// # Errors
/// The database's.
pub(in crate::features::guests) async fn sign(
    state: &AppState,
    guest: &LinkedGuest,
    (sign, peer): (Sign, Option<&str>),
) -> Result<(), AppError> {
    let now = state.clock.now();
    let (id, visit) = (guest.guest.id, guest.guest.appointment_id);
    if let Some((row, is_news)) = after(&guest.guest, now, sign) {
        let topics = if is_news { Topics::from(Topic::Visit(visit)) } else { STILL_THERE };
        let update = visit_guest::Entity::update_many().set(row).filter(Column::Id.eq(id));
        let noted =
            state.db.write_unrecorded(SIGNS, async |uow| uow.update_where(update.clone(), topics.clone()).await);
        noted.await.map_err(|error: DbErr| AppError::from(error))?;
    }
    if let Some(peer) = peer {
        let lease = (sign != Sign::Leaving).then(|| sign.lease());
        calls::beat(state, Beat { owner: PeerOwner::Guest(id), visit, peer, lease }).await?;
    }
    Ok(())
}

/// What changes, and whether anybody sees a difference before the lease that they know is over; nothing when nothing does.
fn after(guest: &visit_guest::Model, now: DateTime<Utc>, sign: Sign) -> Option<(ActiveModel, bool)> {
    let believed = guest.here_until.filter(|until| now < *until);
    let until = now + sign.lease();
    let row = ActiveModel { updated_at: Set(now), ..Default::default() };
    match (sign, believed) {
        (Sign::Leaving, Some(believed)) if believed > now + GRACE => {
            Some((ActiveModel { here_until: Set(Some(now + GRACE)), ..row }, true))
        }
        (Sign::Leaving, _) => None,
        (_, Some(believed)) if believed > until - PAUSE => None,
        (_, Some(_)) => Some((ActiveModel { here_until: Set(Some(until)), ..row }, false)),
        (_, None) => Some((ActiveModel { here_since: Set(Some(now)), here_until: Set(Some(until)), ..row }, true)),
    }
}
