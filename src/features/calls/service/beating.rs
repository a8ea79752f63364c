//! A sign of life of a page that takes part in a call. It comes with that of its room.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    call::{self, Column},
    call_peer,
    enums::CallState,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, Set, UpdateMany};

use crate::{
    coherence::{Topic, Topics},
    db::{UnitOfWork, Unrecorded},
    features::calls::{forms::is_key, queries::is_another_there},
    state::AppState,
    web::AppError,
};

const SIGNS: Unrecorded = Unrecorded::of(
    &["call_peer"],
    "that a page is still there is no act; what its person does in the call has its line",
);
const STILL_THERE: Topics = Topics::exempt("no page shows until when a page is there");

/// Whose page says what, of which visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beat<'a> {
    /// `user.id`
    pub(crate) user_id: i64,
    /// `appointment.id`
    pub(crate) visit: i64,
    /// The page's key.
    pub(crate) peer: &'a str,
    /// For how long it is there from now on, unless it says so again; none if it goes.
    pub(crate) lease: Option<TimeDelta>,
}

/// Notes it, if the page takes part in a call that goes on; whether its person sees or hears somebody in it: the call is connected, and a page of
/// another is there. A page that goes is there no more, and the others are told. Two statements at most, and one while they see or hear each other.
///
/// # Errors
/// The database's.
pub(crate) async fn beat(state: &AppState, beat: Beat<'_>) -> Result<bool, AppError> {
    if !is_key(beat.peer) {
        return Ok(false);
    }
    let now = state.clock.now();
    let noted = state.db.write_unrecorded(SIGNS, async |uow| note(uow, now, beat).await).await;
    noted.map_err(|error: DbErr| error.into())
}

async fn note(uow: &UnitOfWork, now: DateTime<Utc>, beat: Beat<'_>) -> Result<bool, DbErr> {
    let Some(lease) = beat.lease else {
        let row = call_peer::ActiveModel { left_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
        let left = in_call(beat, &[CallState::Calling, CallState::Connected]).set(row);
        uow.update_where(left, Topic::Call(beat.visit)).await?;
        return Ok(false);
    };
    let row = call_peer::ActiveModel { here_until: Set(now + lease), updated_at: Set(now), ..Default::default() };
    let with_another = of_calls(beat, calls(beat, &[CallState::Connected]).filter(is_another_there(beat.user_id, now)));
    if uow.update_where(with_another.set(row.clone()), STILL_THERE).await? > 0 {
        return Ok(true);
    }
    uow.update_where(in_call(beat, &[CallState::Calling, CallState::Connected]).set(row), STILL_THERE).await?;
    Ok(false)
}

/// The page, if it takes part in a call of its visit that is in one of these states.
fn in_call(beat: Beat<'_>, states: &[CallState]) -> UpdateMany<call_peer::Entity> {
    of_calls(beat, calls(beat, states))
}

/// The ids of calls of its visit that are in one of these states.
fn calls(beat: Beat<'_>, states: &[CallState]) -> Select<call::Entity> {
    call::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AppointmentId.eq(beat.visit))
        .filter(Column::State.is_in(states.iter().copied()))
}

fn of_calls(beat: Beat<'_>, calls: Select<call::Entity>) -> UpdateMany<call_peer::Entity> {
    call_peer::Entity::update_many()
        .filter(call_peer::Column::Key.eq(beat.peer))
        .filter(call_peer::Column::UserId.eq(beat.user_id))
        .filter(call_peer::Column::LeftAt.is_null())
        .filter(call_peer::Column::CallId.in_subquery(calls.into_query()))
}
