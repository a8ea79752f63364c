//! How many reads and transactions want a connection of the pool, and how long they wait for one.
//!
//! The pool does not tell. A read that has its answer knows how long the statement took ([`took`]); the rest of the time it waited.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use prometheus::Histogram;
use sea_orm::DbErr;

use crate::metrics::{histogram, or_none};

static SECONDS: LazyLock<Option<Histogram>> = LazyLock::new(|| {
    let help = "How long a read or a transaction waited for a connection of the pool; of a transaction BEGIN included";
    or_none(histogram("db_acquire_seconds", help, &[])).map(|seconds| seconds.with_label_values::<&str>(&[]))
});

thread_local! {
    /// The time of the statement that ended last on this thread.
    static LAST: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// A statement has ended. Whoever waited for it goes on within the same poll, on the same thread, before any other can end.
pub(super) fn took(elapsed: Duration) {
    LAST.set(elapsed);
}

/// How many want a connection, with one or still without.
#[derive(Debug, Default)]
pub(super) struct PoolUse(AtomicU32);

/// Wants a connection, or has one, as long as it is kept.
#[derive(Debug)]
pub(super) struct Wanted(Arc<PoolUse>);

impl PoolUse {
    pub(super) fn want(self: &Arc<Self>) -> Wanted {
        self.0.fetch_add(1, Relaxed);
        Wanted(Arc::clone(self))
    }

    /// How many wait, where `used` connections are in use. A check of the server's own health uses one without being counted.
    pub(super) fn waiting(&self, used: u32) -> u32 {
        self.0.load(Relaxed).saturating_sub(used)
    }

    /// Runs one statement on any connection of the pool.
    pub(super) async fn run<T>(
        self: &Arc<Self>,
        statement: impl Future<Output = Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let _wanted = self.want();
        let began = Instant::now();
        LAST.set(Duration::ZERO);
        let answer = statement.await;
        let ran = if matches!(answer, Err(DbErr::ConnectionAcquire(_))) { Duration::ZERO } else { LAST.get() };
        note(began.elapsed().saturating_sub(ran));
        answer
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Relaxed);
    }
}

/// Somebody has waited for so long, with or without success.
pub(super) fn note(waited: Duration) {
    if let Some(seconds) = &*SECONDS {
        seconds.observe(waited.as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_wants_a_connection_and_has_none_waits() {
        let pool = Arc::new(PoolUse::default());
        let wanted = [pool.want(), pool.want(), pool.want()];
        assert_eq!((pool.waiting(1), pool.waiting(3), pool.waiting(4)), (2, 0, 0));
        drop(wanted);
        assert_eq!(pool.waiting(0), 0);
    }
}
