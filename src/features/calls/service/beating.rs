//! A sign of life of a page that takes part in a call. It comes with that of its room.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    call::{self, Column},
    call_peer,
    enums::CallState,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select, Set, UpdateMany};

use super::leaving::guest_leaves;
use crate::{
    coherence::{Topic, Topics},
    db::{UnitOfWork, Unrecorded},
    features::calls::{
        forms::is_key,
        participant::{PeerOwner, VisitGuestId},
        queries::is_another_there,
    },
    state::AppState,
    web::AppError,
};

const SIGNS: Unrecorded = Unrecorded::of(
    &["call_peer", "call_signal"],
    "that a page is still there is no act; what its person does in the call has its line",
);
const STILL_THERE: Topics =
    Topics::exempt("pages show until when they believe a guest's page, and look again then; of others none is shown");
const OPEN: [CallState; 2] = [CallState::Calling, CallState::Connected];

/// Whose page says what, of which visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beat<'a> {
    /// Whose page it is.
    pub(crate) owner: PeerOwner,
    /// `appointment.id`
    pub(crate) visit: i64,
    /// The page's key.
    pub(crate) peer: &'a str,
    /// For how long it is there from now on, unless it says so again; none if it goes.
    pub(crate) lease: Option<TimeDelta>,
}

/// Notes it, if the page takes part in a call that goes on; whether its person sees or hears somebody in it: the call is connected, and a page of
/// another is there. Of a guest it is not told. A page that goes is there no more, and the others are told. Two statements at most, one while they see or
/// hear each other, and four when a guest goes.
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
        if let PeerOwner::Guest(guest) = beat.owner {
            guest_leaves(uow, now, VisitGuestId { visit: beat.visit, guest }, beat.peer).await?;
            return Ok(false);
        }
        let row = call_peer::ActiveModel { left_at: Set(Some(now)), updated_at: Set(now), ..Default::default() };
        uow.update_where(in_call(beat, &OPEN).set(row), Topic::Call(beat.visit)).await?;
        return Ok(false);
    };
    let until = now + lease;
    let row = call_peer::ActiveModel { here_until: Set(until), updated_at: Set(now), ..Default::default() };
    if matches!(beat.owner, PeerOwner::Guest(_)) {
        // The room shows which guest is in the call: one who is back after nothing was heard of them is news to it, and what it believes is never shortened.
        let back = in_call(beat, &OPEN).filter(call_peer::Column::HereUntil.lte(now));
        if uow.update_where(back.set(row.clone()), Topic::Visit(beat.visit)).await? == 0 {
            let renewal = in_call(beat, &OPEN).filter(call_peer::Column::HereUntil.lt(until));
            uow.update_where(renewal.set(row), STILL_THERE).await?;
        }
        return Ok(false);
    }
    let with_another = of_calls(beat, calls(beat, &[CallState::Connected]).filter(is_another_there(beat.owner, now)));
    if uow.update_where(with_another.set(row.clone()), STILL_THERE).await? > 0 {
        return Ok(true);
    }
    uow.update_where(in_call(beat, &OPEN).set(row), STILL_THERE).await?;
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
        .filter(beat.owner.pages())
        .filter(call_peer::Column::LeftAt.is_null())
        .filter(call_peer::Column::CallId.in_subquery(calls.into_query()))
}
