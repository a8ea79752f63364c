//! How far this machine's clock is from the database's. An instance whose clock is wrong would cancel reminders and remove rows that
//! are still wanted: it does neither until its clock is right, and is not ready, so that a load balancer sends nobody to it. Whoever
//! comes all the same is answered, and their session judged by that clock.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

use super::Database;
use crate::coherence::Topics;
use crate::integrations::Clock;

/// So far apart the two may be.
const TOLERATED: TimeDelta = TimeDelta::seconds(5);
/// So far apart the clocks of two instances may be, each on another side of the database's: what one of them has just done may be as far in
/// the other's future.
pub const FURTHEST_APART: TimeDelta = TimeDelta::seconds(2 * TOLERATED.num_seconds());
/// An answer that took longer than this says nothing about the time.
const PROMPT: Duration = Duration::from_secs(2);

/// What was last measured. Cheap to clone; all clones know the same.
#[derive(Clone, Debug)]
pub struct ClockSkew {
    clock: Clock,
    measured: Arc<Mutex<Option<TimeDelta>>>,
}

impl ClockSkew {
    /// Of `clock`, not measured yet: taken for right until it is.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        let skew = Self { clock, measured: Arc::default() };
        let shown = skew.clone();
        let read = move || shown.measured().map_or(0.0, |ahead| ahead.as_seconds_f64());
        let help = "By how many seconds this machine's clock is ahead of the database's; negative: behind";
        if let Err(error) = crate::metrics::reading("clock_skew_seconds", help, read) {
            log::warn!("the clock's skew is not shown in the metrics: {error}");
        }
        skew
    }

    /// Asks Postgres what time it is. On SQLite there is one clock, and one that stands still is nobody's: neither is measured.
    /// By hand: no entity tells the time.
    ///
    /// # Errors
    /// The database's; what was measured before still counts.
    pub async fn measure(&self, database: &Database) -> Result<(), DbErr> {
        if database.backend() != DbBackend::Postgres || self.clock.stands_still() {
            return Ok(());
        }
        let ask = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros";
        let ask = Statement::from_string(DbBackend::Postgres, ask);
        let topics = Topics::exempt("the time is on no page");
        let began = Instant::now();
        let row = database.reader().run(topics, async |conn| conn.query_one_raw(ask.clone()).await).await?;
        let (took, here) = (began.elapsed(), self.clock.now_unwatched().timestamp_micros());
        let there: Option<i64> = row.map(|row| row.try_get("", "micros")).transpose()?;
        if let Some(there) = there
            && took < PROMPT
        {
            let half = i64::try_from(took.as_micros() / 2).unwrap_or_default();
            let was_right = self.is_tolerable();
            *self.measured.lock().unwrap_or_else(PoisonError::into_inner) =
                Some(TimeDelta::microseconds(here.saturating_sub(half).saturating_sub(there)));
            self.tell(was_right);
        }
        Ok(())
    }

    fn tell(&self, was_right: bool) {
        match self.fault() {
            Some(says) => log::error!("this instance is not ready: {says}"),
            None if !was_right => log::info!("the clock of this machine is right again"),
            None => {}
        }
    }

    /// What was last measured: how far it is ahead of the database's.
    #[must_use]
    pub fn measured(&self) -> Option<TimeDelta> {
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what depends on the time may be done.
    #[must_use]
    pub fn is_tolerable(&self) -> bool {
        self.measured().is_none_or(|ahead| ahead.abs() <= TOLERATED)
    }

    /// What is wrong with the clock, in a sentence, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let ahead = self.measured().filter(|_| !self.is_tolerable())?;
        let seconds = ahead.abs().as_seconds_f64();
        let side = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
        Some(format!("the clock of this machine is {seconds:.1} s {side} the database's: set one of them right"))
    }

    /// Measures again, for ever.
    pub async fn measure_forever(self, database: Database, succeeded: impl Fn()) {
        loop {
            match self.measure(&database).await {
                Ok(()) => succeeded(),
                Err(error) => log::debug!("the clocks cannot be compared: {error}"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }
}

/// How often it is measured.
const EVERY: Duration = Duration::from_secs(60);
