//! What one process knows.

use crate::state::{Bits, Message, TWO, UNKNOWN, Value};

/// What a process knows about a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum TopicEntry {
    Absent,
    Current { stamp: u8, seq: u8 },
    Held { seq: u8 },
}

/// What a process has done about a row of the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Row {
    Unseen,
    /// Its topics count as held in this process.
    Seen,
    /// This process has renewed its topics.
    Renewed,
}

/// A question to the server that is on its way back to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Ask {
    pub(crate) epoch: u8,
    /// The sequence at the moment of reading.
    pub(crate) seq: u8,
    pub(crate) values: [Value; TWO],
    /// The writes that were answered before the request arrived.
    pub(crate) answered: Bits,
    /// Nothing was dropped since it was sent.
    pub(crate) may_fill: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Process {
    pub(crate) is_dead: bool,
    pub(crate) member: Member,
    /// What is left of its last reading of the outbox.
    pub(crate) outbox: u8,
    pub(crate) rows: [Row; TWO],
    /// The map, and the epoch it is of; 0: of none yet.
    pub(crate) map: [TopicEntry; TWO],
    pub(crate) map_epoch: u8,
    /// The stamp of each topic with the writes that were committed when it was first seen; all that is done with a copy rests on it.
    pub(crate) noted: [Option<(u8, Bits)>; TWO],
    pub(crate) floor: u8,
    pub(crate) applied: u8,
    pub(crate) lease: u8,
    /// The verdict that came with the lease.
    pub(crate) needs_outbox: bool,
    /// How long ago the outstanding nonce was sent.
    pub(crate) nonce: Option<u8>,
    pub(crate) is_subscribed: bool,
    pub(crate) queue: Vec<Message>,
    pub(crate) ask: Option<Ask>,
    /// The epoch and the sequence up to which it has told writers that it has applied all messages.
    pub(crate) acknowledged: (u8, u8),
    pub(crate) striking: Strike,
}

/// What a process knows of the others, and they of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Member {
    pub(crate) has_row: bool,
    /// What is left of its last sign of life, where that matters.
    pub(crate) row: u8,
    pub(crate) was_registered: bool,
    /// What is left until its registration has certainly run out.
    pub(crate) registration: u8,
    /// The mark under which the registry was seen, …
    pub(crate) seen: u8,
    /// … under which the table of processes was read, …
    pub(crate) confirmed: u8,
    /// … and under which all of them were put into the registry.
    pub(crate) restored: u8,
    /// All that are registered, as far as is known.
    pub(crate) members: Bits,
    /// The other is missing, as far as is known.
    pub(crate) is_one_missing: bool,
    /// For how long nobody is missing.
    pub(crate) whole: u8,
    pub(crate) is_silent: bool,
    /// Its writes that are being committed without the server.
    pub(crate) unheard: Bits,
    /// It has found the outbox empty, and is about to go back.
    pub(crate) is_resuming: bool,
}

/// How far a process is with striking off the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Strike {
    No,
    /// The row in `cache_instance` is deleted.
    Fenced,
    /// And the outbox has been read since.
    Read,
}

impl Process {
    /// One that is registered beside `members`, or has just started.
    pub(crate) fn first(is_registered: bool, members: Bits, lease: u8) -> Self {
        let mark = u8::from(is_registered);
        let member = Member {
            has_row: is_registered,
            row: 0,
            was_registered: is_registered,
            registration: if is_registered { lease } else { 0 },
            seen: mark,
            confirmed: mark,
            restored: mark,
            members: if is_registered { members } else { 0 },
            is_one_missing: false,
            whole: 0,
            is_silent: false,
            unheard: 0,
            is_resuming: false,
        };
        Self {
            is_dead: false,
            member,
            outbox: 0,
            rows: [Row::Unseen; TWO],
            map: [TopicEntry::Absent; TWO],
            map_epoch: 0,
            noted: [None; TWO],
            floor: 0,
            applied: UNKNOWN,
            lease: 0,
            needs_outbox: false,
            nonce: None,
            is_subscribed: true,
            queue: Vec::new(),
            ask: None,
            acknowledged: (0, 0),
            striking: Strike::No,
        }
    }
}
