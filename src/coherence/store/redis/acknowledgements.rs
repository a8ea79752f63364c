//! Which process has heard how much, as far as writers of this one have to know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;
use tokio::time::Instant;

/// See the module documentation.
#[derive(Debug, Default)]
pub(super) struct Acknowledgements {
    acknowledged: Mutex<Acknowledged>,
    arrived: Notify,
    waited_for: Mutex<Option<(String, Duration)>>,
}

/// All of one epoch: the sequence of another says nothing.
#[derive(Debug, Default)]
struct Acknowledged {
    epoch: Bytes,
    up_to: HashMap<String, u64>,
}

/// A process whose answer is waited for, and when it believes nothing any more without having answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Live {
    pub(super) process: String,
    pub(super) until: Instant,
}

impl Acknowledgements {
    /// A process has said that it has applied everything up to `sequence`.
    pub(super) fn acknowledge(&self, process: &str, epoch: &[u8], sequence: u64) {
        let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        if acknowledged.epoch != epoch {
            *acknowledged = Acknowledged { epoch: Bytes::copy_from_slice(epoch), up_to: HashMap::new() };
        }
        let up_to = acknowledged.up_to.entry(process.to_owned()).or_default();
        *up_to = sequence.max(*up_to);
        drop(acknowledged);
        self.arrived.notify_waiters();
    }

    /// Returns when each of `live` has heard of `sequence`, or believes nothing any more.
    pub(super) async fn wait(&self, epoch: &Bytes, sequence: u64, mut live: Vec<Live>) {
        let began = Instant::now();
        loop {
            // Before the look, so that what is said in between is not missed.
            let arrived = self.arrived.notified();
            self.retain_unacknowledged(epoch, sequence, &mut live);
            let Some(first) = live.iter().map(|live| live.until).min() else { return };
            tokio::select! {
                () = arrived => {}
                () = tokio::time::sleep_until(first) => {
                    live.retain(|live| {
                        let is_over = live.until <= Instant::now();
                        if is_over {
                            self.note_silent(&live.process, began.elapsed());
                        }
                        !is_over
                    });
                }
            }
        }
    }

    /// The process that last did not answer before its lease was over, and how long it was waited for.
    pub(super) fn waited_for(&self) -> Option<(String, Duration)> {
        self.waited_for.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn retain_unacknowledged(&self, epoch: &Bytes, sequence: u64, live: &mut Vec<Live>) {
        let acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        if acknowledged.epoch == *epoch {
            live.retain(|live| acknowledged.up_to.get(&live.process).is_none_or(|up_to| *up_to < sequence));
        }
    }

    fn note_silent(&self, process: &str, time: Duration) {
        crate::metrics::waited_for_process(1);
        log::info!(
            "process {process} did not say that it heard of a change; it was waited for {} ms",
            time.as_millis()
        );
        *self.waited_for.lock().unwrap_or_else(PoisonError::into_inner) = Some((process.to_owned(), time));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(process: &str, millis: u64) -> Live {
        Live { process: process.to_owned(), until: Instant::now() + Duration::from_millis(millis) }
    }

    fn epoch() -> Bytes {
        Bytes::from_static(b"e")
    }

    #[tokio::test]
    async fn who_has_heard_is_not_waited_for() {
        let acknowledged = Acknowledgements::default();
        acknowledged.acknowledge("a", b"e", 7);
        acknowledged.wait(&epoch(), 7, vec![live("a", 60_000)]).await;
        assert_eq!(acknowledged.waited_for(), None);
    }

    #[tokio::test]
    async fn who_answers_while_it_is_waited_for_ends_the_waiting() {
        let acknowledged = Acknowledgements::default();
        let (epoch, waiting) = (epoch(), vec![live("a", 60_000), live("b", 60_000)]);
        let wait = acknowledged.wait(&epoch, 7, waiting);
        let tell = async {
            acknowledged.acknowledge("a", b"e", 6);
            acknowledged.acknowledge("b", b"e", 9);
            tokio::task::yield_now().await;
            acknowledged.acknowledge("a", b"e", 7);
        };
        tokio::join!(wait, tell);
        assert_eq!(acknowledged.waited_for(), None);
    }

    #[tokio::test]
    async fn who_says_nothing_is_waited_for_until_its_lease_is_over() {
        let acknowledged = Acknowledgements::default();
        acknowledged.acknowledge("a", b"other", 9);
        acknowledged.wait(&epoch(), 7, vec![live("a", 60)]).await;
        assert_eq!(acknowledged.waited_for().map(|(process, _)| process).as_deref(), Some("a"));
    }
}
