//! Any order of pages that come and go, of changes that are heard of and that are not, of time that passes: whoever looks at a page that
//! would look different is told so, and nobody else.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::stream::Stream;
use super::token::PageToken;
use super::watching::{Watcher, Watches};
use crate::coherence::{Cursor, Stamp, Stamps, Topic};
use crate::session::KeyHash;
use crate::time_zone::Tz;

#[derive(Clone, Debug)]
enum Act {
    /// Somebody of this number opens pages that show these topics, the last of them until so many seconds from now.
    Enter(i64, Vec<Vec<usize>>, Option<i64>),
    /// One of the open streams is gone.
    Leave(usize),
    /// Something changes, and it is heard of or not.
    Change(usize, bool),
    /// All that is watched is compared.
    Compare,
    /// So many seconds pass.
    Pass(i64),
}

const TOPICS: [Topic; 6] =
    [Topic::Everything, Topic::Agenda(1), Topic::Agenda(2), Topic::PatientAgenda(1), Topic::Board(1), Topic::Visit(1)];

fn an_act() -> impl Strategy<Value = Act> {
    let page = proptest::collection::vec(0..TOPICS.len(), 1..4);
    let pages = proptest::collection::vec(page, 1..4);
    let until = proptest::option::of(1_i64..40);
    prop_oneof![
        4 => (0_i64..40, pages, until).prop_map(|(who, pages, until)| Act::Enter(who, pages, until)),
        2 => (0_usize..20).prop_map(Act::Leave),
        4 => (0..TOPICS.len(), any::<bool>()).prop_map(|(topic, is_heard)| Act::Change(topic, is_heard)),
        1 => Just(Act::Compare),
        2 => (1_i64..20).prop_map(Act::Pass),
    ]
}

/// What a page shows: the versions of its topics, and until when it looks as it does.
type Shown = (BTreeMap<usize, u64>, Option<DateTime<Utc>>);

/// An open stream, and what its pages show.
struct Open {
    id: u64,
    stream: Arc<Stream>,
    shown: Vec<Shown>,
    told: Vec<bool>,
}

#[derive(Default)]
struct World {
    watches: Watches,
    versions: [u64; TOPICS.len()],
    now: DateTime<Utc>,
    open: Vec<Open>,
    /// That something has changed of which nobody has heard, and nothing was compared since.
    is_behind: bool,
}

fn stamp(version: u64) -> Bytes {
    Bytes::from(format!("{:016x}{:016x}", version + 1, 0))
}

impl World {
    fn enter(&mut self, who: i64, pages: &[Vec<usize>], until: Option<i64>) {
        let watcher = Watcher { user_id: who, session_id: who, hash: KeyHash::from_text("0".repeat(64).into()) };
        let until = until.map(|seconds| self.now + TimeDelta::seconds(seconds));
        let last = pages.len() - 1;
        let (mut tokens, mut shown) = (Vec::new(), Vec::new());
        for (number, page) in pages.iter().enumerate() {
            let page: BTreeMap<usize, u64> = page.iter().map(|topic| (*topic, self.versions[*topic])).collect();
            let stamps = page.iter().map(|(topic, version)| (TOPICS[*topic], Some(stamp(*version)))).collect();
            let until = until.filter(|_| number == last);
            let cursor = Cursor { epoch: Bytes::from_static(b"e"), stamps, until };
            tokens.extend(PageToken::new(Tz::UTC, &cursor));
            shown.push((page, until));
        }
        let told = vec![false; pages.len()];
        let (id, stream) = self.watches.enter(&watcher, tokens);
        self.open.push(Open { id, stream, shown, told });
    }

    fn compare(&mut self) {
        let topics = self.watches.topics();
        let version = |topic: &Topic| TOPICS.iter().position(|known| known == topic).map_or(0, |at| self.versions[at]);
        let values = topics.iter().map(|topic| Stamp::Current(stamp(version(topic)))).collect();
        let now = Stamps { epoch: Bytes::from_static(b"e"), values };
        self.watches.compare(&topics, &now);
        self.is_behind = false;
    }

    fn perform(&mut self, act: &Act) {
        match act {
            Act::Enter(who, pages, until) => self.enter(*who, pages, *until),
            Act::Leave(which) if *which < self.open.len() => {
                let gone = self.open.swap_remove(*which);
                self.watches.leave(gone.id);
            }
            Act::Leave(_) => {}
            Act::Change(topic, is_heard) => {
                self.versions[*topic] += 1;
                if *is_heard {
                    self.watches.changed(TOPICS[*topic]);
                }
                self.is_behind |= !is_heard;
            }
            Act::Compare => self.compare(),
            Act::Pass(seconds) => {
                self.now += TimeDelta::seconds(*seconds);
                // The moments of tokens are rounded up.
                self.watches.come(self.now + TimeDelta::milliseconds(1));
            }
        }
    }

    /// What is wrong, if something is.
    fn judge(&mut self) -> Result<(), String> {
        for open in &mut self.open {
            let pages = open.told.iter_mut().zip(&open.shown).enumerate();
            for (number, (told, (page, until))) in pages {
                *told |= open.stream.was_told(number);
                let differs = page.iter().any(|(topic, version)| self.versions[*topic] != *version)
                    || until.is_some_and(|until| until <= self.now);
                if *told && !differs {
                    return Err(format!("stream {} was told of nothing on page {number}", open.id));
                }
                if differs && !*told && !self.is_behind {
                    return Err(format!("stream {} was not told of page {number}", open.id));
                }
            }
        }
        let watched = self.watches.count();
        if watched == self.open.len() { Ok(()) } else { Err(format!("{watched} are watched")) }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn who_looks_at_what_changed_is_told_and_nobody_else(acts in proptest::collection::vec(an_act(), 1..60)) {
        let mut world = World::default();
        for (number, act) in acts.iter().enumerate() {
            world.perform(act);
            if let Err(wrong) = world.judge() {
                panic!("{wrong} after {:?}", &acts[..=number]);
            }
        }
        // Nothing stays behind of whoever is gone.
        world.open.drain(..).for_each(|open| world.watches.leave(open.id));
        prop_assert_eq!((world.watches.count(), world.watches.topics()), (0, Vec::new()));
    }
}
