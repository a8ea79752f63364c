//! Who is in the room: a lease that each sign of life renews.
//!
//! A person is there with one device or two, each with a lease of its own; with a third one the oldest is forgotten until its next sign.
//!
//! Nothing is decided by it; it is shown. A page that was made shows somebody as there until their lease is over, and is then made anew: so a sign that
//! only renews the lease touches no page, and two hundred people in their rooms cost next to nothing.

use chrono::{DateTime, Utc};
use entity::visit_presence::{self, ActiveModel, Column};
use sea_orm::{ActiveValue::NotSet, ColumnTrait, EntityTrait, QueryFilter, Set};

use crate::{
    access::{ActingViewer, SessionHolder, Viewer},
    coherence::Topics,
    db::{DbErr, UnitOfWork, Unrecorded, ViolationKind, violation},
    features::{
        appointments::hold_visit,
        calls::{GRACE, PAUSE, Sign},
        visits::queries::{self, PresenceState},
    },
    state::AppState,
    web::AppError,
};

const SIGNS: Unrecorded = Unrecorded::of(
    &["visit_presence"],
    "that somebody is still there is no act; that they opened the room has its line",
);

/// Renews the lease of `holder` in the room of the visit `id` by a sign that they are there, and nothing else; `false`: they are not there, or were
/// heard of from another device, or it was renewed just now, or it is no room of theirs. One statement, for hundreds are in their rooms at a time.
///
/// # Errors
/// The database's.
pub(in crate::features::visits) async fn renew(
    state: &AppState,
    (holder, id): (&SessionHolder, i64),
    sign: Sign,
) -> Result<bool, AppError> {
    let user_id = holder.user_id;
    let now = state.clock.now();
    let until = now + sign.lease();
    let renewal = visit_presence::Entity::update_many()
        .set(ActiveModel { here_until: Set(until), updated_at: Set(now), ..Default::default() })
        .filter(Column::AppointmentId.eq(id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::LeftAt.is_null())
        .filter(Column::HereUntil.gt(now))
        .filter(Column::HereUntil.lte(until - PAUSE))
        .filter(Column::SessionId.eq(holder.session_id))
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
    let Some((row, is_news)) = after(&before, (viewer.session_id, now), sign) else { return Ok(()) };
    let topics = if is_news { seen_by(uow, viewer, id).await? } else { STILL_THERE };
    match before.presence_id {
        Some(presence_id) => {
            let update = visit_presence::Entity::update_many().set(row).filter(Column::Id.eq(presence_id));
            uow.update_where(update, topics).await?;
        }
        None => {
            let row = ActiveModel {
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

/// Who sees that the viewer comes or goes: whoever hands the visit over meanwhile waits until it is told. Two statements.
async fn seen_by(uow: &UnitOfWork, viewer: &Viewer, id: i64) -> Result<Topics, NotNoted> {
    uow.read(async |conn| hold_visit(viewer, conn, id).await).await?;
    let held = uow.read(async |conn| queries::presence_state(viewer, conn, id).await).await?;
    held.map(|held| held.seen_by(id)).ok_or(NotNoted::Refused(AppError::NotFound))
}

const OVER: &str = "Nobody waits in the room of this visit now. Look at the visit to see where it stands.";
const STILL_THERE: Topics = Topics::exempt("pages show until when they believe it, and look again then");

/// What changes with a sign from the session `own`, and whether anybody sees a difference before the lease that they know is over; nothing when
/// nothing does.
fn after(before: &PresenceState, (own, now): (i64, DateTime<Utc>), sign: Sign) -> Option<(ActiveModel, bool)> {
    let row = ActiveModel { updated_at: Set(now), ..Default::default() };
    let believed = before.here_until.filter(|until| now < *until);
    match (sign, believed) {
        (Sign::Leaving, believed) => leaves(before, (own, now), believed.filter(|_| before.left_at.is_none())?),
        (_, Some(believed)) => goes_on(before, (own, believed), (now + sign.lease(), sign))
            .map(|(changed, is_news)| (ActiveModel { updated_at: Set(now), ..changed }, is_news)),
        (_, None) => {
            Some((ActiveModel { here_since: Set(now), here_until: Set(now + sign.lease()), ..alone(row, own) }, true))
        }
    }
}

/// `row` of somebody who is there with one device.
fn alone(row: ActiveModel, session: i64) -> ActiveModel {
    let (left_at, other_session_id, other_until) = (Set(None), Set(None), Set(None));
    ActiveModel { left_at, session_id: Set(Some(session)), other_session_id, other_until, ..row }
}

/// Of one who is there, as is believed until `believed`.
fn goes_on(
    before: &PresenceState,
    (own, believed): (i64, DateTime<Utc>),
    (until, sign): (DateTime<Utc>, Sign),
) -> Option<(ActiveModel, bool)> {
    if before.left_at.is_some() {
        return Some((ActiveModel { here_until: Set(until), ..alone(ActiveModel::default(), own) }, true));
    }
    if let Some(other) = before.session_id.filter(|session| *session != own) {
        let is_renewed = before.other_session_id == Some(own) && before.other_until > Some(until - PAUSE);
        let row = ActiveModel {
            here_until: Set(believed.max(until)),
            session_id: Set(Some(own)),
            other_session_id: Set(Some(other)),
            other_until: Set(Some(believed)),
            ..Default::default()
        };
        return (!is_renewed).then_some((row, false));
    }
    let until = before.other_until.map_or(until, |other| other.max(until));
    // Pages believe in the lease of one who was hidden for longer than it is now.
    let is_news = until < believed && sign == Sign::Here;
    // Any other is renewed already, but for one of which the session was not noted.
    let is_unknown = before.session_id.is_none() && believed <= until - PAUSE;
    let row = ActiveModel { here_until: Set(until), session_id: Set(Some(own)), ..Default::default() };
    (is_news || is_unknown).then_some((row, is_news))
}

/// Of one who goes from a page of the session `own`, and may be there with another.
fn leaves(
    before: &PresenceState,
    (own, now): (i64, DateTime<Utc>),
    believed: DateTime<Utc>,
) -> Option<(ActiveModel, bool)> {
    let row =
        ActiveModel { updated_at: Set(now), other_session_id: Set(None), other_until: Set(None), ..Default::default() };
    if before.session_id.is_some_and(|session| session != own) {
        return (before.other_session_id == Some(own)).then_some((row, false));
    }
    let end = now + GRACE;
    if let Some(until) = before.other_until.filter(|until| *until > end) {
        let row = ActiveModel { here_until: Set(until), session_id: Set(before.other_session_id), ..row };
        return Some((row, until < believed));
    }
    Some((ActiveModel { here_until: Set(believed.min(end)), left_at: Set(Some(now)), ..row }, true))
}
