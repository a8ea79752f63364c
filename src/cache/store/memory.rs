//! Stamps in this process: for a server without Redis, which is then the only one.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};

use super::{Stamp, Stamps, Store, Unavailable, random};
use crate::cache::topic::{Keys, Topic};

/// Stamps beyond this many are forgotten together; a forgotten stamp is a miss.
const MOST: usize = 200_000;

/// See the module documentation.
#[derive(Debug, Default)]
pub struct MemoryStore(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    epoch: Bytes,
    stamps: HashMap<Topic, Bytes>,
    /// Who holds a topic until when.
    holds: HashMap<Topic, Vec<(String, Instant)>>,
}

impl State {
    fn read(&mut self, topic: Topic, now: Instant) -> Stamp {
        if let Some(holders) = self.holds.get_mut(&topic) {
            holders.retain(|(_, until)| *until > now);
            if !holders.is_empty() {
                return Stamp::Held;
            }
            // Whoever held it never came back: what was stored before the hold is not believed.
            self.holds.remove(&topic);
            self.stamps.remove(&topic);
        }
        Stamp::Current(self.stamps.entry(topic).or_insert_with(|| random().into()).clone())
    }

    fn renew(&mut self, topic: Topic, holder: &str) {
        if let Some(holders) = self.holds.get_mut(&topic) {
            holders.retain(|(name, _)| name != holder);
            if !holders.is_empty() {
                return;
            }
            self.holds.remove(&topic);
        }
        self.stamps.insert(topic, random().into());
    }
}

impl MemoryStore {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, keys: &'a Keys) -> BoxFuture<'a, Result<Stamps, Unavailable>> {
        let mut state = self.state();
        if state.stamps.len() > MOST {
            state.stamps.clear();
        }
        let now = Instant::now();
        let values = keys.topics().iter().map(|topic| state.read(*topic, now)).collect();
        ready(Ok(Stamps { epoch: state.epoch.clone(), values })).boxed()
    }

    fn hold<'a>(&'a self, topics: &'a Keys, holder: &'a str, time: Duration) -> BoxFuture<'a, Result<(), Unavailable>> {
        let mut state = self.state();
        let until = Instant::now() + time;
        for topic in topics.topics() {
            state.holds.entry(*topic).or_default().push((holder.to_owned(), until));
        }
        ready(Ok(())).boxed()
    }

    fn renew<'a>(&'a self, topics: &'a Keys, holder: &'a str) -> BoxFuture<'a, Result<(), Unavailable>> {
        let mut state = self.state();
        for topic in topics.topics() {
            state.renew(*topic, holder);
        }
        ready(Ok(())).boxed()
    }

    fn distrust(&self) {
        self.state().epoch = random().into();
    }

    fn page<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<Bytes>, Unavailable>> {
        ready(Ok(None)).boxed()
    }

    fn keep_page<'a>(&'a self, _: &'a str, _: Vec<u8>, _: Duration) -> BoxFuture<'a, Result<(), Unavailable>> {
        ready(Ok(())).boxed()
    }

    fn prefix(&self) -> &'static str {
        ""
    }

    fn is_shared(&self) -> bool {
        false
    }
}
