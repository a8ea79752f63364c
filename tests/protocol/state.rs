//! What there is: the server, the database, the processes and the writes. All times are what is left of them, in ticks, so that a
//! state does not know how late it is and time need not be bounded.

use crate::config::{Config, Mistake, ROW_LEASE};
pub(crate) use crate::knowledge::{Ask, Process, Row, Strike, TopicEntry};

/// Processes, topics and writes there are of each.
pub(crate) const TWO: usize = 2;
/// A sequence that is not known: the next message tells it.
pub(crate) const UNKNOWN: u8 = u8::MAX;

/// A set of processes, of writes, or of topics, as bits.
pub(crate) type Bits = u8;

pub(crate) fn has(bits: Bits, index: usize) -> bool {
    bits & (1 << index) != 0
}

/// What stands at a topic's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Missing,
    Stamp(u8),
    /// By these writes.
    Held(Bits),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Server {
    /// 0: there is none.
    pub(crate) epoch: u8,
    /// The last that was set.
    pub(crate) last_epoch: u8,
    /// The epoch was set on another server: a replica has taken over.
    pub(crate) is_foreign: bool,
    /// What is left of the epoch's grace.
    pub(crate) grace: u8,
    pub(crate) seq: u8,
    /// What is left of each process's lease; 0: it has none.
    pub(crate) leases: [u8; TWO],
    /// What is left of the grace since the mark of the leases was set. `None`: there is no mark, they were lost.
    pub(crate) leases_mark: Option<u8>,
    /// What is left of each process's registration: `Some(0)` is missing, `None` is not known here.
    pub(crate) registry: [Option<u8>; TWO],
    /// The mark of the registry. 0: there is none, it was lost.
    pub(crate) registry_mark: u8,
    /// The last that was given.
    pub(crate) last_mark: u8,
    pub(crate) topics: [Value; TWO],
}

/// The rows that matter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Database {
    /// The writes that are committed.
    pub(crate) committed: Bits,
    /// The writes whose topics stand in `cache_outbox`.
    pub(crate) outbox: Bits,
    /// The wait before a row may be deleted, from the first RENEW that was said after it was seen.
    pub(crate) drained: [Option<Wait>; TWO],
    /// The processes that have a row in `cache_instance`, …
    pub(crate) instances: Bits,
    /// … and those of them that stand apart.
    pub(crate) apart: Bits,
}

/// Until every other process has heard, or can no longer believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Wait {
    /// Whose acknowledgement is awaited.
    pub(crate) other: usize,
    pub(crate) epoch: u8,
    pub(crate) seq: u8,
    /// What is left of the other process's lease, as the script told it.
    pub(crate) lease: u8,
    pub(crate) grace: u8,
}

/// What the server tells the listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Message {
    /// The outstanding nonce of the listener's own process, with the verdict of the registry.
    Nonce { epoch: u8, seq: u8, is_one_missing: bool },
    /// The stamp of each topic that has a new one, and the topics that are held.
    Update { epoch: u8, seq: u8, stamps: [u8; TWO], held: Bits },
}

/// A cached page: the stamps that were read before its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Page {
    pub(crate) epoch: u8,
    pub(crate) stamps: [u8; TWO],
    /// The writes that it shows.
    pub(crate) shows: Bits,
}

/// How far a write is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Write {
    Idle,
    Holding(Wait),
    /// Under its hold.
    Committed,
    /// Its hold or its release could not be said: it waits for the end of the own registration.
    Silent,
    /// Its release found the hold gone, or came late.
    Releasing(Wait),
    /// Committed, its topics in the outbox, answered when this is over.
    Outbox(u8),
    Answered,
    /// Refused, or answered with an error, or its process died.
    Failed,
}

/// A command that the server carries out later than its process believes, or a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Command {
    RenewLease { process: usize, epoch: u8, registration: u8, is_outstanding: bool, members: Bits, restored: u8 },
    Hold { write: usize, epoch: u8 },
    Renew { write: usize, epoch: u8 },
}

/// The faults that are left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Faults {
    /// A subscription breaks: what is under way is lost.
    pub(crate) break_subscription: u8,
    /// One message is lost, and the subscription goes on.
    pub(crate) lose_message: u8,
    /// The server forgets everything.
    pub(crate) flush: u8,
    /// A replica takes over that is behind.
    pub(crate) fail_over: u8,
    /// The server evicts the key of a topic.
    pub(crate) evict_key: u8,
    /// The server evicts the leases.
    pub(crate) evict_leases: u8,
    /// The server evicts the registry, and a third process registers.
    pub(crate) evict_registry: u8,
    /// A process evicts a topic from its map.
    pub(crate) evict_topic: u8,
    /// A command is carried out late, or twice.
    pub(crate) late: u8,
    /// A process dies.
    pub(crate) crash: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) server: Server,
    /// What a replica has, from when it fell behind.
    pub(crate) replica: Option<Server>,
    pub(crate) database: Database,
    pub(crate) processes: [Process; TWO],
    pub(crate) writes: [Write; TWO],
    /// The writes whose hold may have been said twice.
    pub(crate) doubtful: Bits,
    pub(crate) late: Option<Command>,
    /// One page that a process has kept where all find it. Which of all that were kept is left open: each step that keeps one may be taken or not.
    pub(crate) page: Option<Page>,
    pub(crate) faults: Faults,
    /// An answer was older than its request.
    pub(crate) is_violated: bool,
}

impl State {
    /// Two processes that are registered, unless they are just starting, and know no topic yet, and a stamp for each topic.
    pub(crate) fn first(config: &Config) -> Self {
        let rows = if config.has_outbox { 3 & !config.starting } else { 0 };
        let registered = if config.is(Mistake::RegisteredWithoutRow) { 3 } else { rows };
        let process = |process: usize| Process::first(has(registered, process), rows | 1 << process, config.lease);
        let mut processes = [process(0), process(1)];
        for (process, knows) in processes.iter_mut().enumerate() {
            knows.member.has_row = has(rows, process);
            knows.member.row = if config.gives_up && has(rows, process) { ROW_LEASE } else { 0 };
        }
        Self {
            server: Server::first(registered, config.lease),
            replica: None,
            database: Database { committed: 0, outbox: 0, drained: [None; TWO], instances: rows, apart: 0 },
            processes,
            writes: [Write::Idle; TWO],
            doubtful: 0,
            late: Self::late_at_first(config),
            page: None,
            faults: config.faults,
            is_violated: false,
        }
    }

    /// The last that was said by a process that is cut off from the beginning may be on its way.
    fn late_at_first(config: &Config) -> Option<Command> {
        let is_late = config.faults.late > 0 && has(config.cut_off, 0);
        let (process, registration) = (0, config.lease);
        is_late.then_some(Command::RenewLease {
            process,
            epoch: 1,
            registration,
            is_outstanding: false,
            members: 0,
            restored: 1,
        })
    }

    /// The writes whose askers were told that they are done.
    pub(crate) fn answered(&self) -> Bits {
        let bit = |write: usize| Bits::from(self.writes[write] == Write::Answered) << write;
        bit(0) | bit(1)
    }
}

impl Server {
    /// One at which these processes have just registered.
    fn first(registered: Bits, lease: u8) -> Self {
        let registry = |process: usize| has(registered, process).then_some(lease);
        Self {
            epoch: 1,
            last_epoch: 1,
            is_foreign: false,
            grace: 0,
            seq: 1,
            leases: [0; TWO],
            leases_mark: Some(0),
            registry: [registry(0), registry(1)],
            registry_mark: 1,
            last_mark: 1,
            topics: [Value::Stamp(1); TWO],
        }
    }
}
