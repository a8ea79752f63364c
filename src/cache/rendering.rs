//! What is learnt while a page is made: on which topics it depends, and until when it looks the same by itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use chrono::{DateTime, Utc};

use super::store::{self, Stamp, Stamps, Store};
use super::topic::{Keys, Topic, Topics};

/// One page in the making. The reader tells it the topics of each statement **before** the statement runs, and it reads
/// their stamps then: a stamp is older than the data it vouches for, never younger. Clones are the same.
#[derive(Clone)]
pub struct Rendering(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    epoch: Option<Bytes>,
    stamps: BTreeMap<Topic, Bytes>,
    until: Option<DateTime<Utc>>,
    refusal: Option<Refusal>,
}

/// Why a page is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A topic is held: somebody is committing a change to it.
    Held,
    /// The stamps cannot be read just now.
    Unavailable,
    /// A statement says that what it finds is not to be kept.
    Exempt(&'static str),
}

/// What a page that was made stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The epoch under which its stamps were read.
    pub epoch: Bytes,
    /// Each topic with its stamp as it was before the first statement that depends on it.
    pub stamps: Vec<(Topic, Bytes)>,
    /// The first moment at which the page would look different though nobody wrote anything.
    pub until: Option<DateTime<Utc>>,
}

impl Rendering {
    /// Begins a page. `known` are stamps that were read just before, with their topics.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, known: Option<(&Keys, Stamps)>) -> Self {
        let rendering = Self(Arc::new(Inner { store, state: Mutex::default() }));
        if let Some((keys, stamps)) = known {
            rendering.state().learn(keys.topics(), stamps);
        }
        rendering
    }

    /// Whatever is read from now on may depend on these topics.
    pub async fn depend_on(&self, topics: &Topics) {
        let Some(missing) = self.missing(topics) else { return };
        let keys = store::keys(&*self.0.store, missing);
        let read = self.0.store.read(&keys).await;
        let mut state = self.state();
        match read {
            Ok(stamps) => state.learn(keys.topics(), stamps),
            Err(error) => {
                log::debug!("a page is not kept: {error}");
                state.refusal = Some(Refusal::Unavailable);
            }
        }
    }

    /// The topics whose stamps are not known yet; nothing if there is none or the page will not be kept anyway.
    fn missing(&self, topics: &Topics) -> Option<Vec<Topic>> {
        let mut state = self.state();
        if let Some(reason) = topics.exemption() {
            state.refusal.get_or_insert(Refusal::Exempt(reason));
        }
        if state.refusal.is_some() {
            return None;
        }
        let all = topics.named().iter().chain(&[Topic::Everything]);
        let missing: Vec<Topic> = all.filter(|topic| !state.stamps.contains_key(topic)).copied().collect();
        (!missing.is_empty()).then_some(missing)
    }

    /// From `moment` on the page looks different.
    pub fn changes_at(&self, moment: DateTime<Utc>) {
        let mut state = self.state();
        state.until = Some(state.until.map_or(moment, |until| until.min(moment)));
    }

    /// What the page stands on, if it may be kept.
    ///
    /// # Errors
    /// Why it may not.
    pub fn basis(&self) -> Result<Basis, Refusal> {
        let state = self.state();
        match (&state.refusal, &state.epoch) {
            (Some(refusal), _) => Err(*refusal),
            (None, None) => Err(Refusal::Exempt("nothing was read")),
            (None, Some(epoch)) => Ok(Basis {
                epoch: epoch.clone(),
                stamps: state.stamps.iter().map(|(topic, stamp)| (*topic, stamp.clone())).collect(),
                until: state.until,
            }),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn learn(&mut self, topics: &[Topic], stamps: Stamps) {
        if self.epoch.get_or_insert_with(|| stamps.epoch.clone()) != &stamps.epoch {
            // Between two of its statements everything that was kept has lost its trust; so has this page.
            self.refusal = Some(Refusal::Unavailable);
        }
        for (topic, stamp) in topics.iter().zip(stamps.values) {
            match stamp {
                Stamp::Held => self.refusal = Some(Refusal::Held),
                Stamp::Current(stamp) => {
                    self.stamps.entry(*topic).or_insert(stamp);
                }
            }
        }
    }
}

impl std::fmt::Debug for Rendering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rendering")
    }
}
