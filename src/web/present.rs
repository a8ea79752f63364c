//! The present, as pages see it.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::{coherence::ReadSet, time_zone::Tz, web::start_of_day};

/// The present, as a page sees it. Each comparison with it notes when its answer would be another one, so that what was
/// decided by the clock is not shown longer than it is true.
#[derive(Clone)]
pub struct Present {
    now: DateTime<Utc>,
    rendering: Option<ReadSet>,
}

impl Present {
    /// The instant `now` for a page in the making, or for something that is not kept.
    #[must_use]
    pub fn new(now: DateTime<Utc>, rendering: Option<ReadSet>) -> Self {
        Self { now, rendering }
    }

    /// The instant itself: for statements, whose answers change at moments that they must find themselves and tell to
    /// [`Self::changes_at`].
    #[must_use]
    pub fn instant(&self) -> DateTime<Utc> {
        self.now
    }

    /// Whether `moment` has come: `moment <= now`.
    #[must_use]
    pub fn has_come(&self, moment: DateTime<Utc>) -> bool {
        self.changes_at(Some(moment));
        moment <= self.now
    }

    /// Whether `moment` is over: `moment < now`.
    #[must_use]
    pub fn is_past(&self, moment: DateTime<Utc>) -> bool {
        self.ends_with(Some(moment));
        moment < self.now
    }

    /// Today's date in `zone`.
    #[must_use]
    pub fn date(&self, zone: Tz) -> NaiveDate {
        let today = self.now.with_timezone(&zone).date_naive();
        self.changes_at(Some(start_of_day(today + Days::new(1), zone)));
        today
    }

    /// At `moment`, if it is still to come, something looks different: what compares with `<= now`.
    pub fn changes_at(&self, moment: Option<DateTime<Utc>>) {
        if let (Some(rendering), Some(moment)) = (&self.rendering, moment.filter(|moment| *moment > self.now)) {
            rendering.changes_at(moment);
        }
    }

    /// As soon as `moment` is over, if it is not yet, something looks different: what compares with `< now`. Instants are
    /// whole microseconds.
    pub fn ends_with(&self, moment: Option<DateTime<Utc>>) {
        self.changes_at(moment.map(|moment| moment + TimeDelta::microseconds(1)));
    }
}

impl std::fmt::Debug for Present {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Present").field(&self.now).finish()
    }
}
