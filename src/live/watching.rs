//! What the hub knows of streams and sessions, and the ways to find them.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::stream::{Ending, Stream, beat_of};
use super::token::PageToken;
use crate::coherence::{Stamp, Stamps, Topic};
use crate::session::KeyHash;

/// Streams of one session; one more takes the place of the oldest.
const OF_ONE_SESSION: usize = 6;
/// Where nothing can be compared, what was changed so short a while ago may have been changed after the page was made.
const JUST_NOW: Duration = Duration::from_secs(3);
/// So many topics are remembered before it is looked which of them are old.
const FEW: usize = 1_000;

/// Who looks at a page.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// `user.id`.
    pub user_id: i64,
    /// `user_session.id`.
    pub session_id: i64,
    /// Of the session's key.
    pub hash: KeyHash,
}

/// A stream as the hub knows it.
struct Watch {
    stream: Arc<Stream>,
    session_id: i64,
    tokens: Vec<PageToken>,
    /// Seconds between two beats.
    beat: u64,
}

/// A session with streams.
struct SessionWatch {
    watcher: Watcher,
    /// The oldest first.
    streams: VecDeque<u64>,
    /// Of its person's topic, when it was last found to stand.
    stamp: Option<Stamp>,
    /// When it is over unless it is used.
    until: Option<DateTime<Utc>>,
}

/// What comes at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Page(u64),
    Session(i64),
}

/// Everything that is watched.
#[derive(Default)]
pub(super) struct Watches {
    last: u64,
    streams: HashMap<u64, Watch>,
    by_topic: HashMap<Topic, HashSet<u64>>,
    sessions: HashMap<i64, SessionWatch>,
    by_account: HashMap<i64, HashSet<i64>>,
    moments: BTreeSet<(DateTime<Utc>, Due)>,
    recent: HashMap<Topic, Instant>,
    /// With so many of them it is looked which are old.
    many: usize,
}

impl Watches {
    pub(super) fn count(&self) -> usize {
        self.streams.len()
    }

    /// Enters a stream; its number.
    pub(super) fn enter(&mut self, watcher: &Watcher, tokens: Vec<PageToken>) -> (u64, Arc<Stream>) {
        self.last += 1;
        let (id, stream) = (self.last, Arc::new(Stream::default()));
        for token in &tokens {
            for topic in token.topics() {
                self.by_topic.entry(topic).or_default().insert(id);
            }
            self.moments.extend(token.until().map(|until| (until, Due::Page(id))));
        }
        self.by_account.entry(watcher.user_id).or_default().insert(watcher.session_id);
        let session = self.sessions.entry(watcher.session_id).or_insert_with(|| SessionWatch {
            watcher: watcher.clone(),
            streams: VecDeque::new(),
            stamp: None,
            until: None,
        });
        session.streams.push_back(id);
        let oldest = if session.streams.len() > OF_ONE_SESSION { session.streams.pop_front() } else { None };
        if let Some(watch) = oldest.and_then(|oldest| self.streams.get(&oldest)) {
            watch.stream.end(Ending::Superseded);
        }
        let beat = beat_of(&tokens);
        self.streams.insert(id, Watch { stream: Arc::clone(&stream), session_id: watcher.session_id, tokens, beat });
        (id, stream)
    }

    /// The stream is gone.
    pub(super) fn leave(&mut self, id: u64) {
        let Some(watch) = self.streams.remove(&id) else { return };
        for token in &watch.tokens {
            for topic in token.topics() {
                remove(&mut self.by_topic, topic, &id);
            }
            if let Some(until) = token.until() {
                self.moments.remove(&(until, Due::Page(id)));
            }
        }
        let Some(session) = self.sessions.get_mut(&watch.session_id) else { return };
        session.streams.retain(|other| *other != id);
        if session.streams.is_empty()
            && let Some(gone) = self.sessions.remove(&watch.session_id)
        {
            remove(&mut self.by_account, gone.watcher.user_id, &watch.session_id);
            if let Some(until) = gone.until {
                self.moments.remove(&(until, Due::Session(watch.session_id)));
            }
        }
    }

    /// A topic has another stamp: tells the pages that show it. The sessions that may be over.
    pub(super) fn changed(&mut self, topic: Topic) -> Vec<Watcher> {
        self.remember(topic);
        for id in self.by_topic.get(&topic).into_iter().flatten() {
            let Some(watch) = self.streams.get(id) else { continue };
            let shows = |(_, token): &(usize, &PageToken)| token.topics().any(|shown| shown == topic);
            watch.tokens.iter().enumerate().filter(shows).for_each(|(number, _)| watch.stream.changed(number));
        }
        match topic {
            Topic::Everything => self.sessions.values().map(|session| session.watcher.clone()).collect(),
            Topic::Account(user_id) => self.of_account(user_id),
            _ => Vec::new(),
        }
    }

    /// Compares what pages show with `now`, the stamps of `topics`. The sessions that may be over.
    pub(super) fn compare(&mut self, topics: &[Topic], now: &Stamps) -> Vec<Watcher> {
        let mut doubtful = Vec::new();
        for (topic, stamp) in topics.iter().zip(&now.values) {
            for id in self.by_topic.get(topic).into_iter().flatten() {
                let Some(watch) = self.streams.get(id) else { continue };
                let differs = |(_, token): &(usize, &PageToken)| token.differs(*topic, &now.epoch, stamp);
                watch.tokens.iter().enumerate().filter(differs).for_each(|(number, _)| watch.stream.changed(number));
            }
            if let Topic::Account(user_id) = topic {
                for session_id in self.by_account.get(user_id).into_iter().flatten() {
                    let Some(session) = self.sessions.get_mut(session_id) else { continue };
                    if *stamp != Stamp::Held && session.stamp.as_ref() != Some(stamp) {
                        session.stamp = Some(stamp.clone());
                        doubtful.push(session.watcher.clone());
                    }
                }
            }
        }
        doubtful
    }

    /// What comes by `now`: tells the pages that look different. The sessions that are over unless they were used.
    pub(super) fn come(&mut self, now: DateTime<Utc>) -> Vec<Watcher> {
        let mut doubtful = Vec::new();
        while let Some((moment, due)) = self.moments.pop_first() {
            if moment > now {
                self.moments.insert((moment, due));
                break;
            }
            match due {
                Due::Page(id) => {
                    let Some(watch) = self.streams.get(&id) else { continue };
                    let is_over = |(_, token): &(usize, &PageToken)| token.until().is_some_and(|until| until <= now);
                    watch
                        .tokens
                        .iter()
                        .enumerate()
                        .filter(is_over)
                        .for_each(|(number, _)| watch.stream.changed(number));
                }
                Due::Session(id) => doubtful.extend(self.sessions.get(&id).map(|session| session.watcher.clone())),
            }
        }
        doubtful
    }

    /// The session stood after its person's topic was found to have this stamp.
    pub(super) fn stood_with(&mut self, session_id: i64, stamp: Option<&Stamp>) {
        if let (Some(session), Some(stamp)) = (self.sessions.get_mut(&session_id), stamp) {
            session.stamp = Some(stamp.clone());
        }
    }

    /// The session goes on until then, unless it is used.
    pub(super) fn stands_until(&mut self, session_id: i64, until: DateTime<Utc>) {
        let Some(session) = self.sessions.get_mut(&session_id) else { return };
        if let Some(old) = session.until.replace(until) {
            self.moments.remove(&(old, Due::Session(session_id)));
        }
        self.moments.insert((until, Due::Session(session_id)));
    }

    /// The session is over.
    pub(super) fn is_over(&self, session_id: i64) {
        let streams = self.sessions.get(&session_id).into_iter().flat_map(|session| &session.streams);
        streams.filter_map(|id| self.streams.get(id)).for_each(|watch| watch.stream.end(Ending::SignedOut));
    }

    /// All that is watched, with the topic of each person who watches.
    pub(super) fn topics(&self) -> Vec<Topic> {
        let accounts = self.by_account.keys().map(|user_id| Topic::Account(*user_id));
        self.by_topic.keys().copied().chain(accounts).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Whether one of these was changed so short a while ago that a page may not show it.
    pub(super) fn was_changed_just_now(&mut self, mut topics: impl Iterator<Item = Topic>) -> bool {
        self.forget_old();
        topics.any(|topic| self.recent.contains_key(&topic))
    }

    /// Topics are heard of as long as the process runs: each time they are twice as many as were young, the old ones go.
    fn remember(&mut self, topic: Topic) {
        if self.recent.len() >= self.many.max(FEW) {
            self.forget_old();
            self.many = self.recent.len() * 2;
        }
        self.recent.insert(topic, Instant::now());
    }

    fn forget_old(&mut self) {
        self.recent.retain(|_, at| at.elapsed() < JUST_NOW);
    }

    /// Tells each page whose turn it is that it is still told of changes.
    pub(super) fn beat(&self, turn: u64) {
        let theirs = self.streams.iter().filter(|(id, watch)| **id % watch.beat == turn % watch.beat);
        theirs.for_each(|(_, watch)| watch.stream.beat());
    }

    /// Everything is over.
    pub(super) fn end(&self, ending: Ending) {
        self.streams.values().for_each(|watch| watch.stream.end(ending));
    }

    fn of_account(&self, user_id: i64) -> Vec<Watcher> {
        let sessions = self.by_account.get(&user_id).into_iter().flatten();
        sessions.filter_map(|id| self.sessions.get(id)).map(|session| session.watcher.clone()).collect()
    }
}

fn remove<K: std::hash::Hash + Eq, V: std::hash::Hash + Eq>(map: &mut HashMap<K, HashSet<V>>, key: K, value: &V) {
    if let Some(values) = map.get_mut(&key) {
        values.remove(value);
        if values.is_empty() {
            map.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_that_nobody_watches_are_not_remembered_for_ever() {
        let long_ago = Instant::now().checked_sub(JUST_NOW * 2).unwrap_or_else(Instant::now);
        let mut watches = Watches::default();
        let old = |topics: std::ops::Range<i64>| topics.map(|id| (Topic::Visit(id), long_ago));
        watches.recent.extend(old(0..5_000));
        watches.changed(Topic::Visit(-1));
        assert_eq!(watches.recent.keys().copied().collect::<Vec<_>>(), [Topic::Visit(-1)]);
        watches.recent.extend(old(0..900));
        watches.changed(Topic::Visit(-2));
        assert_eq!(watches.recent.len(), 902, "a few are worth no look");
        assert!(watches.was_changed_just_now([Topic::Visit(-2)].into_iter()), "and what is young stays");
    }
}
