//! How many pages are made at a time.
//!
//! When something changes that many look at, all of them fetch their pages at once. Each of these is a moment of a worker's and of the database's time; made all at
//! the same time they would stand before every page that is kept, in each worker's queue and among all that wants a processor, for as long as all of
//! them take together. A few at a time are done as soon, and leave what is kept its place between any two of them.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

/// For each worker: while one page waits for the database, another is rendered.
const OF_A_WORKER: usize = 3;
/// Whoever has waited for so long waits no more: then those before are not many, but slow, and it may be another page that keeps them.
const PATIENCE: Duration = Duration::from_secs(1);

/// Of pages that are made at a time.
#[derive(Debug)]
pub(super) struct RenderLimit(Semaphore);

impl RenderLimit {
    /// For so many workers.
    pub(super) fn of(workers: usize) -> Self {
        Self(Semaphore::new(OF_A_WORKER * workers.max(1)))
    }

    /// Leave to make a page, until it is dropped; none after a second, and then it is made without.
    pub(super) async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        timeout(PATIENCE, self.0.acquire()).await.ok()?.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_few_have_one_at_a_time_and_nobody_waits_for_longer_than_a_second() {
        let limit = RenderLimit::of(2);
        let mut taken = Vec::new();
        for _ in 0..2 * OF_A_WORKER {
            taken.push(limit.permit().now_or_never().flatten().expect("there is one"));
        }
        assert!(limit.permit().now_or_never().is_none(), "it waits");
        assert!(limit.permit().await.is_none(), "it goes without");
        taken.pop();
        assert!(limit.permit().now_or_never().flatten().is_some());
    }
}
