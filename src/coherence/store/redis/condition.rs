//! How the listener and what depends on it are, for operators: in readiness and in `/metrics`.

use std::sync::Arc;
use std::time::Duration;

use super::RedisStore;

/// How the listener and what depends on it are, for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Whether the listener is subscribed and hears itself.
    pub is_listening: bool,
    /// How much longer this process may answer from memory.
    pub lease_left: Duration,
    /// The sequence up to which it has applied all messages.
    pub sequence: u64,
    /// How many topics it knows.
    pub topics: usize,
    /// The process that a writer of this one waited for last, and how long, if it did not answer before its lease was over.
    pub waited_for: Option<(String, Duration)>,
}

impl RedisStore {
    /// Shows how it is in `/metrics`, as long as it is there.
    pub(super) fn show(&self) {
        crate::metrics::waited_for_process(0);
        let (left, listening) =
            ("How long this process may answer from memory, in seconds", "1: the listener hears itself");
        self.show_one("cache_lease_seconds", left, |found| found.lease_left.as_secs_f64());
        self.show_one("cache_listening", listening, |found| f64::from(u8::from(found.is_listening)));
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        self.show_one("cache_sequence", "Number of the last change that was heard", |found| found.sequence as f64);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        self.show_one("cache_topics", "Topics known in this process", |found| found.topics as f64);
        let missing = Arc::downgrade(&self.0);
        let missing = move || missing.upgrade().map_or(0, |inner| inner.membership.missing().len());
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        shown(crate::metrics::reading("cache_missing", "Processes that are missing", move || missing() as f64));
    }

    fn show_one(&self, name: &str, help: &str, number: fn(Condition) -> f64) {
        let inner = Arc::downgrade(&self.0);
        let read = move || inner.upgrade().map_or(0.0, |inner| number(Self(inner).condition()));
        shown(crate::metrics::reading(name, help, read));
    }

    /// For operators.
    #[must_use]
    pub fn condition(&self) -> Condition {
        let (lease_left, sequence, topics) = self.0.map.condition();
        let waited_for = self.0.acknowledgements.waited_for();
        Condition { is_listening: self.0.state_of_listener.is_listening(), lease_left, sequence, topics, waited_for }
    }
}

fn shown<E: std::fmt::Display>(result: Result<(), E>) {
    if let Err(error) = result {
        log::warn!("the listener is not shown in the metrics: {error}");
    }
}
