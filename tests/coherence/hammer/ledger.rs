//! Who was told what, and whether a reader saw less.

use std::{
    fmt,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

/// The longest that a writer may have to wait for its answer where Redis fails an instance. What a reader has seen before that
/// another instance need not show yet: nothing is promised before the answer.
const BEHIND: Duration = Duration::from_secs(5);
/// Each kind of things is a number in the tallies.
pub(super) const KINDS: [&str; 9] =
    ["names", "unread counts", "visits", "threads", "delays", "notes to sign", "news", "calls", "versions"];

/// What is known of all things, and what was seen that should not have been. Things are told apart by their numbers.
pub(super) struct Ledger {
    things: Vec<Mutex<Vec<SeenVersion>>>,
    /// When Redis last failed an instance, as far as it was looked at.
    troubles: Mutex<Vec<Instant>>,
    violations: Mutex<Vec<String>>,
    pub(super) tally: Tally,
}

/// From then on every reader must see this version or a newer one.
#[derive(Clone, Debug)]
struct SeenVersion {
    version: u64,
    at: Instant,
    by: By,
}

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A writer was told that it is done.
    Writer,
    /// A reader has seen it.
    Reader,
}

/// A reader who is about to ask an instance for a page that shows a thing.
pub(super) struct Asking {
    thing: usize,
    at: Instant,
    /// What every instance must show, whatever happened to Redis.
    floor: u64,
    /// What came to be known since then, within the time by which another instance may be behind.
    recent: Vec<SeenVersion>,
}

/// How much was read and written.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) writes: AtomicU64,
    pub(super) reads: AtomicU64,
    pub(super) hits: AtomicU64,
    pub(super) held: AtomicU64,
    pub(super) bypassed: AtomicU64,
    /// Answers of an instance without its database that it cannot serve.
    pub(super) refused: AtomicU64,
    /// The longest that a writer waited, in milliseconds.
    pub(super) longest_write: AtomicU64,
    /// Reads of a thing of each kind.
    seen: [AtomicU64; KINDS.len()],
    /// Reads that were behind where they may be, and by how much at most, in milliseconds.
    behind: AtomicU64,
    most_behind: AtomicU64,
}

impl Ledger {
    /// Of so many things, each at version 0.
    pub(super) fn new(things: usize) -> Self {
        Self {
            things: (0..things).map(|_| Mutex::default()).collect(),
            troubles: Mutex::default(),
            violations: Mutex::default(),
            tally: Tally::default(),
        }
    }

    /// From now on this version of the thing is known.
    pub(super) fn learn(&self, thing: usize, version: u64, by: By) {
        let mut log = self.things[thing].lock().unwrap();
        // A reader's word adds nothing where as much was known before.
        if by != By::Reader || log.iter().all(|known| known.version < version) {
            log.push(SeenVersion { version, at: Instant::now(), by });
        }
    }

    /// What a reader must see who asks now.
    pub(super) fn ask(&self, thing: usize) -> Asking {
        let mut log = self.things[thing].lock().unwrap();
        let at = Instant::now();
        let old = log.iter().filter(|known| at.duration_since(known.at) > BEHIND);
        let floor = old.map(|known| known.version).max().unwrap_or(0);
        // What all must see needs no more to be remembered than once.
        log.retain(|known| known.version >= floor);
        let recent = log.iter().filter(|known| known.version > floor).cloned().collect();
        Asking { thing, at, floor, recent }
    }

    /// Judges what the reader saw; `where_` is for the message. Returns whether it was new enough.
    pub(super) fn judge(&self, asking: &Asking, seen: u64, where_: &str) -> bool {
        let mut behind = Duration::ZERO;
        for known in asking.recent.iter().filter(|known| known.version > seen) {
            if !self.is_excused(known) {
                self.violation(format!("{where_} shows {seen} of thing {}, after {known:?}", asking.thing));
                return false;
            }
            behind = behind.max(asking.at.duration_since(known.at));
        }
        if seen < asking.floor {
            let floor = asking.floor;
            self.violation(format!(
                "{where_} shows {seen} of thing {}, {floor} was known for {BEHIND:?}",
                asking.thing
            ));
            return false;
        }
        if behind > Duration::ZERO {
            self.tally.behind.fetch_add(1, Relaxed);
            self.tally.most_behind.fetch_max(u64::try_from(behind.as_millis()).unwrap(), Relaxed);
        }
        true
    }

    /// Something that must not happen at all.
    pub(super) fn violation(&self, what: String) {
        self.violations.lock().unwrap().push(what);
    }

    /// What was seen that should not have been.
    pub(super) fn violations(&self) -> Vec<String> {
        self.violations.lock().unwrap().clone()
    }

    pub(super) fn count_seen(&self, kind: usize) {
        self.tally.seen[kind].fetch_add(1, Relaxed);
    }

    /// Redis fails an instance just now.
    pub(super) fn note_trouble(&self) {
        let mut troubles = self.troubles.lock().unwrap();
        let now = Instant::now();
        troubles.retain(|at| now.duration_since(*at) < 4 * BEHIND);
        troubles.push(now);
    }

    /// Whether an instance may be behind what was known then.
    fn is_excused(&self, known: &SeenVersion) -> bool {
        match known.by {
            By::Writer => false,
            // Whoever wrote it may not have been answered yet.
            By::Reader => {
                let troubles = self.troubles.lock().unwrap();
                troubles.iter().any(|at| *at <= known.at + BEHIND && known.at <= *at + BEHIND)
            }
        }
    }
}

impl Tally {
    /// What a run must have seen to say anything at all, and has not: enough of everything written and seen, part of it from the cache.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let number = |of: &AtomicU64| of.load(Relaxed);
        match () {
            () if number(&self.writes) <= 50 || number(&self.reads) <= 200 => Some("too little was done"),
            () if number(&self.hits) <= 20 => Some("the cache was hardly used"),
            () if self.seen.iter().any(|seen| number(seen) <= 10) => Some("something was hardly seen"),
            () => None,
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = |of: &AtomicU64| of.load(Relaxed);
        let kinds = KINDS.iter().zip(&self.seen).map(|(kind, seen)| format!("{} {kind}", number(seen)));
        write!(
            f,
            "{} writes of {} ms at most, {} reads ({} hits, {} held, {} bypassed, {} refused) of {}; {} behind where they may be, by {} ms at most",
            number(&self.writes),
            number(&self.longest_write),
            number(&self.reads),
            number(&self.hits),
            number(&self.held),
            number(&self.bypassed),
            number(&self.refused),
            kinds.collect::<Vec<_>>().join(", "),
            number(&self.behind),
            number(&self.most_behind),
        )
    }
}

#[test]
fn less_than_was_acknowledged_is_a_violation() {
    let ledger = Ledger::new(1);
    let before = ledger.ask(0);
    ledger.learn(0, 1, By::Writer);
    assert!(ledger.judge(&before, 0, "asked before"));
    assert!(ledger.judge(&ledger.ask(0), 1, "the newest"));
    ledger.note_trouble();
    assert!(!ledger.judge(&ledger.ask(0), 0, "whatever happens to Redis"));
    assert_eq!(ledger.violations().len(), 1);
}

#[test]
fn a_failing_redis_excuses_who_is_behind_another_reader() {
    let ledger = Ledger::new(1);
    ledger.learn(0, 1, By::Reader);
    assert!(!ledger.judge(&ledger.ask(0), 0, "while all is well"));
    ledger.learn(0, 2, By::Reader);
    ledger.note_trouble();
    assert!(ledger.judge(&ledger.ask(0), 1, "while a writer waits for an answer"));
    let mut late = ledger.ask(0);
    (late.floor, late.recent) = (2, Vec::new());
    assert!(!ledger.judge(&late, 1, "and not for ever"));
    assert_eq!(ledger.violations().len(), 2);
}
