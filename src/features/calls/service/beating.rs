//! A sign of life of a page that takes part in a call. It comes with that of its room.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    call::{self, Column},
    call_peer,
    enums::CallState,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set, UpdateMany};

use crate::{
    coherence::{Topic, Topics},
    db::{UnitOfWork, Unrecorded},
    features::calls::forms::is_key,
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

/// Notes it, if the page takes part in a call that goes on; whether the two see or hear each other in it. A page that goes is there no more, and the
/// others are told. Two statements at most, and one while the call is connected.
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
    let renewal = |state| in_call(beat, &[state]).set(row.clone());
    if uow.update_where(renewal(CallState::Connected), STILL_THERE).await? > 0 {
        return Ok(true);
    }
    uow.update_where(renewal(CallState::Calling), STILL_THERE).await?;
    Ok(false)
}

/// The page, if it takes part in a call of its visit that is in one of these states.
fn in_call(beat: Beat<'_>, states: &[CallState]) -> UpdateMany<call_peer::Entity> {
    let calls = call::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::AppointmentId.eq(beat.visit))
        .filter(Column::State.is_in(states.iter().copied()));
    call_peer::Entity::update_many()
        .filter(call_peer::Column::Key.eq(beat.peer))
        .filter(call_peer::Column::UserId.eq(beat.user_id))
        .filter(call_peer::Column::LeftAt.is_null())
        .filter(call_peer::Column::CallId.in_subquery(calls.into_query()))
}
