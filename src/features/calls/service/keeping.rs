//! What becomes of calls by the clock: those in which nobody is any more are over, and what pages have said to each other is forgotten.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{call_signal, enums::CallEnd};
use sea_orm::{ColumnTrait, Condition, DbErr};

use super::SILENCE;
use crate::{
    background::Job,
    db::{UnitOfWork, Unrecorded},
    features::{
        appointments::{CallEnding, open_call_held, show_call_figures},
        calls::queries::{self, LostCall, PeerRow},
    },
    state::AppState,
};

/// What was said so long ago has been heard, or is heard by nobody.
const SAID: TimeDelta = TimeDelta::minutes(10);

const BY_THE_CLOCK: Unrecorded = Unrecorded::of(
    &["call", "call_signal"],
    "nobody does it: calls that nobody is in are over, and what was said in them is forgotten, by the clock",
);

/// Ends calls that nobody is in, again and again.
pub struct CallKeeper(AppState);

impl CallKeeper {
    /// For the database and the clock of `state`.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        show_call_figures();
        Self(state.clone())
    }

    /// Ends them, and forgets what was said long ago; how many calls were ended. None while this machine's clock is wrong.
    ///
    /// # Errors
    /// The database's; the next round does what is left.
    pub async fn round(&self) -> Result<usize, DbErr> {
        // By a clock that is ahead everybody would be gone for long.
        if !self.0.clock_skew.is_tolerable() {
            return Ok(0);
        }
        let (db, now) = (&self.0.db, self.0.clock.now());
        let ended = db.write_idempotent(BY_THE_CLOCK, async |uow| end_lost(uow, now).await).await?;
        let old = Condition::all().add(call_signal::Column::CreatedAt.lte(now - SAID));
        db.sweep::<call_signal::Entity>(BY_THE_CLOCK, old).await?;
        Ok(ended)
    }
}

async fn end_lost(uow: &UnitOfWork, now: DateTime<Utc>) -> Result<usize, DbErr> {
    let lost = uow.read(async |conn| queries::lost(conn, now - SILENCE).await).await?;
    let mut ended = 0;
    for lost in lost {
        ended += usize::from(end(uow, now, lost).await?);
    }
    Ok(ended)
}

/// Ends it when somebody was there for the last time, unless somebody came back, or it was ended, since it was seen.
async fn end(uow: &UnitOfWork, now: DateTime<Utc>, lost: LostCall) -> Result<bool, DbErr> {
    let held = uow.read(async |conn| open_call_held(conn, lost.visit).await).await?;
    let Some(call) = held.filter(|call| call.id == lost.id) else { return Ok(false) };
    let pages = uow.read(async |conn| queries::peers(conn, call.id).await).await?;
    // A guest who is left alone keeps no call.
    let of_both = pages.iter().filter(|page| !page.is_a_guests());
    let last_here = of_both.map(PeerRow::last_here).max().unwrap_or(lost.started_at);
    if !lost.is_over && now - SILENCE < last_here {
        return Ok(false);
    }
    Ok(call.end(uow, CallEnding { at: last_here.min(now), why: CallEnd::Lost }, lost.seen_by).await?.is_some())
}

impl Job for CallKeeper {
    const NAME: &'static str = "calls";
    const EVERY: Duration = Duration::from_secs(20);
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        self.round().await?;
        Ok(Self::EVERY)
    }

    fn may_lead(&self) -> bool {
        self.0.clock_skew.is_tolerable()
    }
}

impl std::fmt::Debug for CallKeeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallKeeper")
    }
}
