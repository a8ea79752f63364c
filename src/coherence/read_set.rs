//! What is learnt while a page is made: on which topics it depends, and until when it looks the same by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::stamp::{Basis, Stamp, Stamps};
use super::store::{self, Store};
use super::topic::{Topic, Topics};
use crate::integrations::clock;

/// One page in the making. The reader tells it the topics of each statement **before** the statement runs, and it reads
/// their stamps then: a stamp is older than the data it vouches for, never younger. Clones are the same.
#[derive(Clone)]
pub struct ReadSet(Arc<Inner>);

struct Inner {
    store: Arc<dyn Store>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    epoch: Option<Bytes>,
    stamps: BTreeMap<Topic, Bytes>,
    /// All that was named, whether its stamp is known or not.
    noted: BTreeSet<Topic>,
    until: Option<DateTime<Utc>>,
    uncacheable: Option<Uncacheable>,
    /// Some of it is told by no topic.
    is_exempt: bool,
}

/// Why a page is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uncacheable {
    /// A topic is held: somebody is committing a change to it.
    Held,
    /// The stamps cannot be read just now.
    Unavailable,
    /// A statement says that what it finds is not to be kept.
    Exempt(&'static str),
}

/// What a page in the making shows so far: for whoever wants to be told when that changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Under which the stamps were read; empty if none could be.
    pub epoch: Bytes,
    /// Each topic, in order, with its stamp; without one if it was held, or could not be read.
    pub stamps: Vec<(Topic, Option<Bytes>)>,
    /// The first moment at which the page would look different by itself.
    pub until: Option<DateTime<Utc>>,
}

tokio::task_local! {
    static CURRENT: ReadSet;
}

impl ReadSet {
    /// That of the page in whose making this is called, if one is being made: every reader and every clock within takes note in it,
    /// whether whoever wrote the page thought of it or not.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Makes a page, which is `future`. One that asks a clock past [`Self::changes_at`] is not kept.
    pub async fn scope<F: Future>(&self, future: F) -> F::Output {
        let (output, asked_clock) = clock::watch(CURRENT.scope(self.clone(), future)).await;
        if asked_clock {
            self.state()
                .uncacheable
                .get_or_insert(Uncacheable::Exempt("a clock was asked, and not until when that is true"));
        }
        output
    }

    /// Begins a page. `known` are stamps that were read just before, with their topics.
    #[must_use]
    pub fn new(store: Arc<dyn Store>, known: Option<(&[Topic], Stamps)>) -> Self {
        let read_set = Self(Arc::new(Inner { store, state: Mutex::default() }));
        if let Some((topics, stamps)) = known {
            read_set.state().learn(topics, stamps);
        }
        read_set
    }

    /// Whatever is read from now on may depend on these topics.
    pub async fn depend_on(&self, topics: &Topics) {
        let Some(missing) = self.missing(topics) else { return };
        let read = store::stamps(&*self.0.store, &missing).await;
        let mut state = self.state();
        match read {
            Ok(stamps) => state.learn(&missing, stamps),
            Err(error) => {
                log::debug!("a page is not kept: {error}");
                state.uncacheable = Some(Uncacheable::Unavailable);
            }
        }
    }

    /// The topics whose stamps are not known yet; nothing if there is none or the page will not be kept anyway.
    fn missing(&self, topics: &Topics) -> Option<Vec<Topic>> {
        let mut state = self.state();
        if let Some(reason) = topics.exemption() {
            state.uncacheable.get_or_insert(Uncacheable::Exempt(reason));
            state.is_exempt = true;
        }
        let all = topics.named().iter().chain(&[Topic::Everything]);
        state.noted.extend(all.clone());
        if state.uncacheable.is_some() {
            return None;
        }
        let missing: Vec<Topic> = all.filter(|topic| !state.stamps.contains_key(topic)).copied().collect();
        (!missing.is_empty()).then_some(missing)
    }

    /// Since when, by the boot clock, all of these topics have had the stamps that this page stands on, as far as this process knows: whatever
    /// was committed to them before these stamps was committed before that moment. `None` if that cannot be told of one of them, or if
    /// the page is not kept: what is held or exempt is not known at all. To be asked after [`Self::depend_on`].
    #[must_use]
    pub fn known_since(&self, topics: &Topics) -> Option<Duration> {
        let basis = {
            let state = self.state();
            let epoch = state.epoch.clone().filter(|_| state.uncacheable.is_none())?;
            let all = topics.named().iter().chain(&[Topic::Everything]);
            let stamp = |topic: &Topic| Some((*topic, state.stamps.get(topic)?.clone()));
            Basis { epoch, stamps: all.map(stamp).collect::<Option<Vec<_>>>()?, until: None }
        };
        self.0.store.known_since(&basis)
    }

    /// From `moment` on the page looks different.
    pub fn changes_at(&self, moment: DateTime<Utc>) {
        let mut state = self.state();
        state.until = Some(state.until.map_or(moment, |until| until.min(moment)));
    }

    /// What the page shows so far, also if it is not kept because of a write under way. `None` if that cannot be told by topics alone, or
    /// nothing was read.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let state = self.state();
        if state.noted.is_empty() || state.is_exempt {
            return None;
        }
        let stamps = state.noted.iter().map(|topic| (*topic, state.stamps.get(topic).cloned())).collect();
        Some(Cursor { epoch: state.epoch.clone().unwrap_or_default(), stamps, until: state.until })
    }

    /// What the page stands on, if it may be kept.
    ///
    /// # Errors
    /// Why it may not.
    pub fn basis(&self) -> Result<Basis, Uncacheable> {
        let state = self.state();
        match (&state.uncacheable, &state.epoch) {
            (Some(uncacheable), _) => Err(*uncacheable),
            (None, None) => Err(Uncacheable::Exempt("nothing was read")),
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
            self.uncacheable = Some(Uncacheable::Unavailable);
        }
        for (topic, stamp) in topics.iter().zip(stamps.values) {
            match stamp {
                Stamp::Held => self.uncacheable = Some(Uncacheable::Held),
                Stamp::Current(stamp) => {
                    self.stamps.entry(*topic).or_insert(stamp);
                }
            }
        }
    }
}

impl std::fmt::Debug for ReadSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReadSet")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::coherence::MemoryStore;
    use crate::coherence::store::{Certainty, HeldBy};
    use crate::integrations::Clock;

    async fn read_set() -> ReadSet {
        let read_set = ReadSet::new(Arc::new(MemoryStore::default()), None);
        read_set.depend_on(&Topic::Everything.into()).await;
        read_set
    }

    #[tokio::test]
    async fn whoever_reads_within_a_page_takes_note_in_its_read_set() {
        let page = read_set().await;
        page.scope(async {
            if let Some(current) = ReadSet::current() {
                current.depend_on(&Topic::Board(7).into()).await;
            }
        })
        .await;
        let topics = page.basis().map(|basis| basis.topics());
        assert_eq!(topics, Ok(vec![Topic::Everything, Topic::Board(7)]));
        assert!(ReadSet::current().is_none(), "outside of a page there is none");
    }

    #[tokio::test]
    async fn how_long_topics_have_been_known_is_told_of_pages_that_are_kept_alone() {
        let store = Arc::new(MemoryStore::default());
        let page = ReadSet::new(store.clone(), None);
        let (board, agenda) = (Topics::from(Topic::Board(7)), Topics::from(Topic::Agenda(7)));
        assert_eq!(page.known_since(&board), None, "nothing was read");
        page.depend_on(&board).await;
        let since = page.known_since(&board);
        assert!(since.is_some() && page.known_since(&agenda).is_none());
        page.depend_on(&agenda).await;
        assert!(page.known_since(&agenda) >= since, "the youngest counts");
        let nobody = HeldBy { holder: "", certainty: Certainty::Certain };
        assert!(store.renew(&[Topic::Board(7)], nobody).await.is_ok());
        assert_eq!(page.known_since(&board), None, "it has another stamp now");
        page.depend_on(&Topics::exempt("not kept")).await;
        assert_eq!(page.known_since(&agenda), None);
    }

    #[tokio::test]
    async fn what_a_page_shows_can_be_told_though_a_write_is_under_way() {
        let store = Arc::new(MemoryStore::default());
        let page = ReadSet::new(store.clone(), None);
        assert_eq!(page.cursor(), None, "nothing was read");
        page.depend_on(&Topic::Board(7).into()).await;
        let held = store.hold(&[Topic::Agenda(7)], "a", Duration::from_secs(60)).await;
        assert!(held.is_ok());
        page.depend_on(&Topic::Agenda(7).into()).await;
        page.depend_on(&Topic::Inbox(7).into()).await;
        let known = |cursor: Cursor| cursor.stamps.into_iter().map(|(topic, stamp)| (topic, stamp.is_some())).collect();
        let shown: Option<Vec<(Topic, bool)>> = page.cursor().map(known);
        let all =
            [(Topic::Everything, true), (Topic::Agenda(7), false), (Topic::Board(7), true), (Topic::Inbox(7), false)];
        assert_eq!(shown, Some(all.to_vec()));
        page.depend_on(&Topics::exempt("no page")).await;
        assert_eq!(page.cursor(), None, "of what is exempt nobody tells");
    }

    #[tokio::test]
    async fn a_page_that_asks_a_clock_and_does_not_say_until_when_is_not_kept() {
        let clock = Clock::system();
        let page = read_set().await;
        page.scope(async { clock.now_unwatched() }).await;
        assert!(page.basis().is_ok());
        page.scope(async { clock.now() }).await;
        assert!(matches!(page.basis(), Err(Uncacheable::Exempt(_))));
    }
}
