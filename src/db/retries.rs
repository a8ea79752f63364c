//! How often a dropped connection is put up with.

use std::time::Duration;

/// A server that ends sessions over and over (a rolling restart) is tried this often, …
const DROPS: u32 = 8;
/// … with a random wait before all but the first retry: up to this long before the second, twice that before the third, …
const PAUSE: Duration = Duration::from_millis(20);
/// A transaction that others were in the way of is run again this often.
const CONFLICTS: u32 = 3;

/// Counts the retries of one read or one unit of work.
#[derive(Debug, Default)]
pub(super) struct Retries {
    drops: u32,
    conflicts: u32,
}

impl Retries {
    /// True if it is to be tried again after a lost connection: at once the first time, for the next connection is asked before
    /// it is used.
    pub(super) async fn after_drop(&mut self) -> bool {
        let again = self.drops < DROPS;
        if again && self.drops > 0 {
            pause(self.drops).await;
        }
        self.drops += 1;
        again
    }

    /// True if it is to be tried again after a conflict. Those who met wait differently long, so as not to meet again.
    pub(super) async fn after_conflict(&mut self) -> bool {
        let again = self.conflicts < CONFLICTS;
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
}
