//! Which processes share the store, and whether one of them may be committing what nobody hears of.
//!
//! A process that cannot reach Redis goes on writing: it puts the topics of what it commits into the database's outbox. The
//! others believe what Redis tells them only while no such process can exist, or while they read the outbox:
//!
//! - Every process is registered in Redis, and its registration runs out unless it is renewed. Each renewal tells which
//!   processes are **missing**: registered once, and not renewed in time. While the last renewal that told of none missing is no older than
//!   a registration lives, nobody can be committing unheard, because
//! - a process commits without Redis only when its own registration **has certainly run out** ([`Membership::silence`]): it stops
//!   renewing, and waits until the last has run out at the server. One that is carried out late has run out by then as well: it says until
//!   when it goes by the server's own clock.
//! - While one is missing, the others believe Redis and their own memory only if they **began** a complete reading of the outbox less
//!   than [`OUTBOX_LEASE`] ago. What they read there counts as held until they have themselves given it a new stamp.
//! - A process that committed without Redis is answered only after the longer of the two has passed since its COMMIT
//!   ([`Membership::pause`]). By then everybody who still believes anything has read its topics.
//! - It comes back ([`Membership::resume`]) when Redis answers, the outbox is empty and nothing is under way.
//!
//! Who leaves in order takes its registration along: after it has bound itself to commit nothing without Redis any more ([`Membership::retire`]), so
//! also when the database cannot be reached just then. Who dies is struck off by a fence in the database: every process has a row
//! there, and a process that commits without Redis locks its row in the same transaction, and does not commit if it is gone. So
//! deleting the row of a process that shows no sign of life waits for what it is just committing, and allows nothing after. (Looking
//! for its connections in the database's list would not do: one that has none now may open one.) Only then it
//! is taken out of the registry, after the outbox was read once more. The table is also the memory of the registry: under a new epoch, or when
//! the registry was lost (its mark is another one), each process first reads the table and puts all of them back, and until then one
//! counts as missing for it. So a process has its row before it registers, and without one it never commits without Redis.
//!
//! A process that was never registered (it started while Redis was away) would not be missed. It writes only while every other
//! process has noted in its own row that it stands apart: that it relies on the outbox, not on nobody's being missing, until it has
//! taken the note back.
//!
//! **Rows and belief** (`row`). Who has no row is not thought of by such a process, so nobody relies on nobody's being missing without having
//! counted up its own row a short while ago: a sign of life every few seconds, which fails if the row is gone. Then it begins
//! anew, with a new row and another look at the table. A row is deleted only as it was seen, that is if it was not counted up meanwhile: of a process that
//! has been missing in the registry for two leases, after a minute without a sign, and whoever lets its registration lapse relies on its row for half of that from the last sign on;
//! of any process, whether Redis can be asked or not, after [`ROW_LEASE`], and that is how long a sign is good for otherwise. So also where
//! Redis is away the row of one that died is in nobody's way for ever. It cannot be sooner: from the database alone one that is dead is not told from
//! one that cannot reach the database, but Redis, and goes on answering from what it keeps.
//!
//! Nothing here compares the clocks of two machines. It is taken for granted that they count seconds alike, up to [`MARGIN`] of
//! them, and that the server's clock is not set back in the moment in which a command is stuck on its way.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use tokio::sync::Notify;

use super::boot_clock;
use super::topic::Topic;

mod registering;
mod row;

pub(super) use self::registering::{Registered, Registration};
pub(crate) use self::row::DEAD;

/// For how long a complete reading of the outbox counts.
pub const OUTBOX_LEASE: Duration = Duration::from_secs(1);
/// For how long a sign of life in the table of processes counts: as long as pages live by default, so that while the database is away for all none
/// is given up before its time.
pub const ROW_LEASE: Duration = Duration::from_secs(600);
/// What clocks may differ by over such times, and what scheduling takes.
pub const MARGIN: Duration = Duration::from_millis(100);

/// What one process knows. See the module documentation.
#[derive(Debug)]
pub struct Membership {
    /// This process, among those that share the store.
    process: String,
    /// How long a registration lives at the server.
    lease: Duration,
    /// Microseconds of the boot clock before which nobody is missing, as far as was answered, …
    whole_until: AtomicU64,
    /// … before which this process's row counts as being there, …
    row_until: AtomicU64,
    /// … and before which the last complete reading of the outbox counts.
    outbox_until: AtomicU64,
    /// For how long a sign of life counts.
    row_lease: Duration,
    /// Somebody waits for the outbox, or the table of processes, to be read.
    reading_requested: Notify,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the last registration was sent that may have been carried out.
    sent: Option<Duration>,
    /// The server's clock in milliseconds, and when it said so.
    server: Option<(u64, Duration)>,
    /// Of the server that has this epoch.
    clock_of: Bytes,
    /// Of the registry as it was last seen, …
    mark: Bytes,
    /// … under which the table of processes was read, …
    confirmed: Bytes,
    /// … and under which all of them were put into the registry.
    restored: Bytes,
    /// All that are registered, as far as is known.
    members: BTreeSet<String>,
    missing: BTreeSet<String>,
    has_row: bool,
    /// When the last sign of life was begun that found the row, …
    row_seen: Duration,
    /// … and when this process last began to register again.
    rejoined: Duration,
    /// It ends, and is not to be waited for.
    has_left: bool,
    was_registered: bool,
    /// By the boot clock.
    registered_until: Duration,
    is_silent: bool,
    /// Units of work that are being committed without Redis, …
    silent_commits: usize,
    /// … and how many there have been.
    silences: u64,
    /// Topics that were read from the outbox and have no new stamp yet.
    pending: BTreeSet<Topic>,
}

/// The right to commit without Redis, for as long as it is kept.
#[must_use = "it is kept until the COMMIT is over"]
#[derive(Debug)]
pub struct Silence(Arc<Membership>);

impl Membership {
    /// `lease` is how long a registration lives.
    #[must_use]
    pub fn new(process: String, lease: Duration) -> Self {
        Self {
            process,
            lease,
            whole_until: AtomicU64::new(0),
            row_until: AtomicU64::new(0),
            outbox_until: AtomicU64::new(0),
            row_lease: ROW_LEASE,
            reading_requested: Notify::new(),
            state: Mutex::default(),
        }
    }

    /// This process's name among those that share the store: 16 hexadecimal digits, another at each start.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.process
    }

    /// Whether what Redis answers to a question that is sent now may be believed.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        let now = micros(boot_clock::now());
        let is_whole = now < self.whole_until.load(SeqCst) && now < self.row_until.load(SeqCst);
        is_whole || now < self.outbox_until.load(SeqCst)
    }

    /// Whether this process is registered now, as far as it knows.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        let state = self.state();
        !state.is_silent && boot_clock::now() < state.registered_until
    }

    /// Until when, by the boot clock, the last complete reading of the outbox counts.
    pub(super) fn outbox_until(&self) -> Duration {
        Duration::from_micros(self.outbox_until.load(SeqCst))
    }

    /// Returns when the outbox should be read before its time.
    pub async fn reading_requested(&self) {
        self.reading_requested.notified().await;
    }

    /// Asks for it to be read.
    pub(super) fn request_reading(&self) {
        self.reading_requested.notify_one();
    }

    /// Processes that were registered and are not there.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.state().missing.iter().cloned().collect()
    }

    /// All that are registered, this one included.
    #[must_use]
    pub fn members(&self) -> Vec<String> {
        self.state().members.iter().cloned().collect()
    }

    /// Whether this process has stopped to renew its registration.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        self.state().is_silent
    }

    /// Whether one of these topics was read from the outbox and has no new stamp yet.
    pub(super) fn is_pending(&self, topics: impl IntoIterator<Item = Topic>) -> bool {
        let pending = &self.state().pending;
        !pending.is_empty()
            && (pending.contains(&Topic::Everything) || topics.into_iter().any(|topic| pending.contains(&topic)))
    }

    /// A process has left in order, or was struck off.
    pub fn left(&self, process: &str) {
        let mut state = self.state();
        state.members.remove(process);
        state.missing.remove(process);
    }

    /// The outbox was read completely, beginning at `began` of the boot clock, and held `topics`. They count as held until
    /// [`Self::renewed`]. All that do so now, those of earlier readings included: another process may have taken their rows out meanwhile.
    pub fn outbox_was_read(&self, began: Duration, topics: impl IntoIterator<Item = Topic>) -> BTreeSet<Topic> {
        let pending = {
            let mut state = self.state();
            state.pending.extend(topics);
            state.pending.clone()
        };
        self.outbox_until.fetch_max(micros(began + OUTBOX_LEASE.saturating_sub(MARGIN)), SeqCst);
        pending
    }

    /// These topics have new stamps.
    pub fn renewed<'a>(&self, topics: impl IntoIterator<Item = &'a Topic>) {
        let mut state = self.state();
        for topic in topics {
            state.pending.remove(topic);
        }
    }

    /// Stops renewing, and returns when this process is certainly missing at the server: then it may commit without Redis.
    pub async fn silence(self: &Arc<Self>) -> Silence {
        let ends = {
            let mut state = self.state();
            state.is_silent = true;
            state.silent_commits += 1;
            state.silences += 1;
            state.sent.map(|sent| sent + self.lease + MARGIN)
        };
        let silence = Silence(Arc::clone(self));
        if let Some(ends) = ends {
            tokio::time::sleep(ends.saturating_sub(boot_clock::now())).await;
        }
        silence
    }

    /// How long after a COMMIT without Redis nobody believes any more what was read before it.
    #[must_use]
    pub fn pause(&self) -> Duration {
        self.lease.max(OUTBOX_LEASE) + MARGIN
    }

    /// How often it was silent, while nothing is being committed without Redis. To be asked before the outbox is read, for
    /// [`Self::resume`]: what is committed during the reading may be missing in it.
    #[must_use]
    pub fn silences(&self) -> Option<u64> {
        let state = self.state();
        (state.silent_commits == 0).then_some(state.silences)
    }

    /// Goes back among the registered: Redis answers, and the outbox was found empty by a reading that began when there had been so many
    /// silences. Not while something is being committed without Redis, nor if something was since.
    pub fn resume(&self, silences: u64) {
        let mut state = self.state();
        if state.silent_commits == 0 && state.silences == silences {
            state.is_silent = false;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        self.0.state().silent_commits -= 1;
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
