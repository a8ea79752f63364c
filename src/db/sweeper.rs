//! Removing what is of no use any more, once a day.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::LocalBoxFuture;

use super::{ClockSkew, DbErr, SWEEP_BATCH, Swept};
use crate::background::{Background, Job};

/// Between two batches others come first.
const PAUSE: Duration = Duration::from_millis(50);
/// One kind of rows is given so long; what is left is removed in the next turn, …
const LONGEST: Duration = Duration::from_secs(60);
/// … which then follows soon.
const SOON: Duration = Duration::from_secs(300);

/// One kind of rows that are removed by the clock.
pub struct SweepPart {
    /// What they are, as the log tells it.
    pub name: &'static str,
    /// Removes some of them.
    pub batch: Box<dyn Fn() -> LocalBoxFuture<'static, Result<Swept, DbErr>>>,
}

/// What became of one kind of rows.
#[derive(Debug)]
pub struct SweepOutcome {
    /// What they are.
    pub name: &'static str,
    /// How many were removed.
    pub removed: u64,
    /// Why some of them stay that should go, if so.
    pub left: Option<String>,
    /// Whether an error is why.
    pub failed: bool,
}

/// Removes them, one kind after the other.
pub struct Sweeper {
    parts: Vec<SweepPart>,
    skew: ClockSkew,
    background: Option<Background>,
    /// Since when something is left that should go.
    left_since: Mutex<Option<Instant>>,
}

impl Sweeper {
    /// What is old is told by the clock of `skew`: nothing is removed while that is wrong.
    #[must_use]
    pub fn new(parts: Vec<SweepPart>, skew: ClockSkew) -> Self {
        Self { parts, skew, background: None, left_since: Mutex::default() }
    }

    /// The same, which tells `background` for how long something has been left.
    #[must_use]
    pub fn telling(self, background: Background) -> Self {
        Self { background: Some(background), ..self }
    }

    fn tell(&self, is_left: bool) {
        let mut since = self.left_since.lock().unwrap_or_else(PoisonError::into_inner);
        *since = is_left.then(|| since.unwrap_or_else(Instant::now));
        if let Some(background) = &self.background {
            background.note_waiting(Self::NAME, since.map(|since| since.elapsed()), None);
        }
    }

    /// Removes what is to go, whatever becomes of the other kinds.
    pub async fn round(&self) -> Vec<SweepOutcome> {
        let mut outcomes = Vec::new();
        for part in &self.parts {
            let outcome = self.sweep(part).await;
            if outcome.removed > 0 {
                log::info!("old {} were removed: {}", part.name, outcome.removed);
            }
            if let Some(why) = &outcome.left {
                log::warn!("old {} are not all removed this time: {why}", part.name);
            }
            outcomes.push(outcome);
        }
        outcomes
    }

    async fn sweep(&self, part: &SweepPart) -> SweepOutcome {
        let began = Instant::now();
        let (mut removed, mut failed) = (0, false);
        let left = loop {
            if let Some(fault) = self.skew.fault() {
                break Some(fault);
            }
            match (part.batch)().await {
                Ok(Swept::Rows(rows)) => {
                    removed += rows;
                    if rows < SWEEP_BATCH {
                        break None;
                    }
                }
                Ok(Swept::ByAnother) => break Some("another process is removing rows".to_owned()),
                Err(error) => {
                    failed = true;
                    break Some(error.to_string());
                }
            }
            if began.elapsed() > LONGEST {
                break Some("there are too many, the rest follows".to_owned());
            }
            tokio::time::sleep(PAUSE).await;
        };
        SweepOutcome { name: part.name, removed, left, failed }
    }
}

impl Job for Sweeper {
    const NAME: &'static str = "sweep";
    const EVERY: Duration = Duration::from_secs(24 * 3600);
    /// Not at once, when everything else is starting.
    const FIRST: Duration = Duration::from_secs(60);
    const AFTER_FAILURE: Duration = SOON;
    type Error = String;

    async fn turn(&self) -> Result<Duration, String> {
        let outcomes = self.round().await;
        let is_left = outcomes.iter().any(|outcome| outcome.left.is_some());
        self.tell(is_left);
        let failed: Vec<&str> = outcomes.iter().filter(|outcome| outcome.failed).map(|outcome| outcome.name).collect();
        match failed.is_empty() {
            true => Ok(if is_left { SOON } else { Self::EVERY }),
            false => Err(format!("old {} could not be removed", failed.join(", "))),
        }
    }

    fn may_lead(&self) -> bool {
        self.skew.is_tolerable()
    }

    /// What is left is told by the instance that leads.
    async fn stand_by(&self) {
        self.tell(false);
    }
}

impl std::fmt::Debug for Sweeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sweeper")
    }
}
