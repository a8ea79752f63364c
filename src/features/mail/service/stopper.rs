//! Stopping a postman between two mails, not in the middle of one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{sync::Notify, time::timeout};

/// Tells a postman to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Stopper(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    is_stopped: AtomicBool,
    told: Notify,
}

impl Stopper {
    /// From now on no mail is begun.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::SeqCst);
        // Also for one that begins to wait just now.
        self.0.told.notify_one();
    }

    /// Whether it was told.
    pub(super) fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::SeqCst)
    }

    /// Waits for `pause`, or until it is told.
    pub(super) async fn wait(&self, pause: Duration) {
        let _told_or_late = timeout(pause, self.0.told.notified()).await;
    }
}
