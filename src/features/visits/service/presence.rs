//! Who is in the room: a lease that each sign of life renews.
//!
//! Nothing is decided by it; it is shown. A page that was made shows somebody as there until their lease is over, and is then made anew: so a sign that
//! only renews the lease touches no page, and two hundred people in their rooms cost next to nothing.

use chrono::{DateTime, TimeDelta, Utc};
use entity::visit_presence::{self, Column};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    access::{ActingViewer, Viewer},
    coherence::Topics,
    db::{DbErr, UnitOfWork, Unrecorded, ViolationKind, violation},
    features::visits::{
        forms::Sign,
        queries::{self, PresenceState},
    },
    state::AppState,
    web::AppError,
};

/// Pages give a sign every 15 s: two may be lost.
const LEASE: TimeDelta = TimeDelta::seconds(45);
/// One that is hidden is let by its browser once a minute.
const LEASE_OF_HIDDEN: TimeDelta = TimeDelta::seconds(90);
/// A page that is loaded again says that it leaves, and a moment later that it is there.
const GRACE: TimeDelta = TimeDelta::seconds(5);

const SIGNS: Unrecorded = Unrecorded::of(
    &["visit_presence"],
    "that somebody is still there is no act; that they opened the room has its line",
);

/// Signs that follow one another faster change nothing: whoever sends more than their page does costs no write.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// For how long whoever gives that sign is there.
pub(in crate::features::visits) fn lease(sign: Sign) -> TimeDelta {
    if sign == Sign::Hidden { LEASE_OF_HIDDEN } else { LEASE }
}

/// Renews the lease of `user_id` (`user.id`) in the room of the visit `id` by a sign that they are there, and nothing else; `false`: they are not
/// there, or it was renewed just now, or it is no room of theirs. One statement, for hundreds are in their rooms at a time.
///
/// # Errors
/// The database's.
pub(in crate::features::visits) async fn renew(
    state: &AppState,
    (user_id, id): (i64, i64),
    sign: Sign,
) -> Result<bool, AppError> {
    let now = state.clock.now();
    let until = now + lease(sign);
    let renewal = visit_presence::Entity::update_many()
        .set(visit_presence::ActiveModel { here_until: Set(until), updated_at: Set(now), ..Default::default() })
        .filter(Column::AppointmentId.eq(id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::LeftAt.is_null())
        .filter(Column::HereUntil.gt(now))
        .filter(Column::HereUntil.lte(until - PAUSE))
        .filter(queries::is_open_room(user_id, id));
    let renewed = state.db.write_unrecorded(SIGNS, async |uow| uow.update_where(renewal.clone(), STILL_THERE).await);
    Ok(renewed.await.map_err(|error: DbErr| AppError::from(error))? == 1)
}

/// Somebody in the room of the visit `id` says that they are there, or that they go. Three statements at most.
///
/// # Errors
/// [`AppError::NotFound`] when it is not theirs to enter; [`AppError::Conflict`] when there is nothing to wait for in it.
pub(in crate::features::visits) async fn sign(
    state: &AppState,
    viewer: &Viewer,
    id: i64,
    sign: Sign,
) -> Result<(), AppError> {
    let now = state.clock.now();
    let noted = state.db.write_unrecorded(SIGNS, async |uow| note(uow, viewer.acting(now), id, sign).await).await;
    match noted {
        // Two first signs at once: one of them is noted.
        Err(NotNoted::Database(error)) if violation(&error).is_some_and(|it| it.kind == ViolationKind::Unique) => {
            Ok(())
        }
        Err(NotNoted::Database(error)) => Err(error.into()),
        Err(NotNoted::Refused(error)) => Err(error),
        Ok(()) => Ok(()),
    }
}

enum NotNoted {
    Refused(AppError),
    Database(DbErr),
}

impl From<DbErr> for NotNoted {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

async fn note(
    uow: &UnitOfWork,
    ActingViewer { viewer, now }: ActingViewer<'_>,
    id: i64,
    sign: Sign,
) -> Result<(), NotNoted> {
    let before = uow.read(async |conn| queries::presence_state(viewer, conn, id).await).await?;
    let before = before.ok_or(NotNoted::Refused(AppError::NotFound))?;
    if !before.status.is_busy() {
        return Err(NotNoted::Refused(AppError::Conflict(OVER.to_owned())));
    }
    let Some((row, is_news)) = after(&before, now, sign) else { return Ok(()) };
    let topics = if is_news { before.seen_by(id) } else { STILL_THERE };
    match before.presence_id {
        Some(presence_id) => {
            let update = visit_presence::Entity::update_many().set(row).filter(Column::Id.eq(presence_id));
            uow.update_where(update, topics).await?;
        }
        None => {
            let row = visit_presence::ActiveModel {
                id: NotSet,
                appointment_id: Set(id),
                user_id: Set(viewer.user_id),
                created_at: Set(now),
                ..row
            };
            uow.insert_many([row], topics).await?;
        }
    }
    Ok(())
}

const OVER: &str = "Nobody waits in the room of this visit now. Look at the visit to see where it stands.";
const STILL_THERE: Topics = Topics::exempt("pages show until when they believe it, and look again then");

/// What changes with the sign, and whether anybody sees a difference before the lease that they know is over; nothing when nothing does.
fn after(before: &PresenceState, now: DateTime<Utc>, sign: Sign) -> Option<(visit_presence::ActiveModel, bool)> {
    let is_here = before.here_until.is_some_and(|until| now < until);
    let unchanged = visit_presence::ActiveModel { updated_at: Set(now), ..Default::default() };
    match sign {
        Sign::Here | Sign::Hidden => {
            let until = now + lease(sign);
            let row = visit_presence::ActiveModel { here_until: Set(until), left_at: Set(None), ..unchanged };
            if is_here {
                // Pages believe in the lease of one who was hidden for longer than it is now. Any other would have been renewed.
                let is_shorter = before.here_until.is_some_and(|believed| until < believed);
                let is_news = before.left_at.is_some() || is_shorter && sign == Sign::Here;
                return is_news.then_some((row, true));
            }
            Some((visit_presence::ActiveModel { here_since: Set(now), ..row }, true))
        }
        Sign::Leaving => {
            let until = before.here_until.filter(|_| is_here && before.left_at.is_none())?;
            let row = visit_presence::ActiveModel {
                here_until: Set(until.min(now + GRACE)),
                left_at: Set(Some(now)),
                ..unchanged
            };
            Some((row, true))
        }
    }
}
