//! Stopping the sending of mail between two mails, not in the middle of one.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Tells the sending of mail to stop. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct StopSignal(Arc<AtomicBool>);

impl StopSignal {
    /// From now on no mail is begun.
    pub fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was told.
    pub(super) fn is_stopped(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
