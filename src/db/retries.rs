//! How often a dropped connection is put up with.

use std::time::{Duration, Instant};

/// A server that ends sessions over and over (a rolling restart) is tried this often, …
const DROPS: u32 = 8;
/// … with a random wait before all but the first retry: up to this long before the second, twice that before the third, …
const PAUSE: Duration = Duration::from_millis(20);
/// A transaction that others were in the way of is run again this often.
const CONFLICTS: u32 = 3;
/// A server that has changed is met on a new connection this often: a second change may have come meanwhile.
const RENEWALS: u32 = 2;
/// How long a server is waited for by those who have no limit of their own.
const LONGEST: Duration = Duration::from_secs(5);

/// Counts the retries of one read or one unit of work.
#[derive(Debug, Default)]
pub(super) struct Retries {
    drops: u32,
    conflicts: u32,
    outdated: u32,
    /// After that nothing is tried again; `None`: whoever asks has a limit of their own.
    deadline: Option<Instant>,
}

impl Retries {
    /// None that begins later than `limit` from now.
    pub(super) fn within(limit: Duration) -> Self {
        Self { deadline: Some(Instant::now() + limit), ..Self::default() }
    }

    /// When it is given up.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline.unwrap_or_else(|| Instant::now() + LONGEST)
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// True if it is to be tried again on a new connection, because what the old one knew of the server is no longer so.
    pub(super) fn after_outdated(&mut self) -> bool {
        self.outdated += 1;
        self.outdated <= RENEWALS && !self.is_late()
    }

    /// True if it is to be tried again after a lost connection: at once the first time, for the next connection is asked before
    /// it is used.
    pub(super) async fn after_drop(&mut self) -> bool {
        let again = self.drops < DROPS && !self.is_late();
        if again && self.drops > 0 {
            pause(self.drops).await;
        }
        self.drops += 1;
        again
    }

    /// True if it is to be tried again after a conflict. Those who met wait differently long, so as not to meet again.
    pub(super) async fn after_conflict(&mut self) -> bool {
        let again = self.conflicts < CONFLICTS && !self.is_late();
        self.conflicts += 1;
        if again {
            pause(self.conflicts).await;
        }
        again
    }
}

async fn pause(nth: u32) {
    tokio::time::sleep(rand::random_range(Duration::from_millis(1)..=PAUSE * nth)).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn both_come_to_an_end() {
        let mut retries = Retries::default();
        let mut drops = 0;
        while retries.after_drop().await {
            drops += 1;
        }
        let mut conflicts = 0;
        while retries.after_conflict().await {
            conflicts += 1;
        }
        assert_eq!((drops, conflicts), (DROPS, CONFLICTS));
    }

    #[tokio::test]
    async fn none_begins_after_its_time() {
        let mut retries = Retries::within(Duration::ZERO);
        assert!(!retries.after_drop().await && !retries.after_conflict().await && !retries.after_outdated());
        let mut retries = Retries::within(Duration::from_secs(60));
        assert!(retries.after_drop().await && retries.after_conflict().await && retries.after_outdated());
    }
}
