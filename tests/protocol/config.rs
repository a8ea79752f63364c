//! The sizes of a check: who keeps pages, what is written, which faults may happen, which mistake is planted.

use crate::state::{Bits, Faults, TWO};

/// How long a reading of the outbox counts, in ticks.
pub(crate) const OUTBOX_LEASE: u8 = 1;
/// How long a sign of life in the table of processes counts.
pub(crate) const ROW_LEASE: u8 = 2;

/// A part of the protocol that is left out or done wrongly, to see that the checker misses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    None,
    /// COMMIT does not wait for acknowledgements or leases.
    CommitWithoutWaiting,
    /// The new stamps are set before the COMMIT.
    ReleaseBeforeCommit,
    /// A new epoch has no grace.
    NoGrace,
    /// The grace after the leases were lost is given to the first writer only.
    GraceOnce,
    /// The lease counts from the moment at which the nonce is received.
    LeaseFromReceipt,
    /// An asked value fills the map whatever was applied since.
    MapGoesBack,
    /// The map and the lease outlive a new subscription.
    MapOutlivesSubscription,
    /// A release that found its hold gone is answered at once.
    LateReleaseAnswered,
    /// A hold that may have been said twice counts as one that stood.
    RepeatedHoldStands,
    /// A writer waits for acknowledgements alone, for who is stopped as well.
    WaitsForEver,
    /// A COMMIT without the server does not wait for the end of the own registration.
    CommitWhileRegistered,
    /// Under a new epoch the table of processes is not read.
    RegistryForgotten,
    /// While a process is missing the outbox is not read.
    OutboxUnread,
    /// That the registry was lost is told to the first only who registers.
    LossReportedOnce,
    /// A renewal of the registration that is carried out late counts from then.
    RegistrationFromExecution,
    /// A process goes back although it has committed something since it found the outbox empty.
    ResumedOnOldReading,
    /// A process registers before it has its row.
    RegisteredWithoutRow,
    /// Who was never registered commits although others rely on being told.
    UnregisteredCommits,
    /// A row of the outbox is deleted as soon as its topics are renewed.
    RowDeletedEarly,
    /// A release that was said before a row was seen counts as the row's.
    AnsweredByRelease,
    /// Whether an asked stamp is believed is judged when it is there.
    TrustOnReply,
    /// A process is struck off without a look into the outbox.
    StruckUnread,
    /// A process is struck off although it has come back meanwhile.
    StruckWhileBack,
    /// The row of a process is deleted, by one that cannot ask the server, while its sign of life still counts.
    GivenUpEarly,
    /// A process relies on nobody's being missing though its sign of life counts no more.
    RowUnseen,
    /// Who finds its row gone gets another, and goes on believing what it was answered before.
    RejoinedOnOldAnswer,
    /// Who finds its row gone gets another, and does not read the table again.
    RejoinedUnread,
    /// Who was struck off commits and answers all the same.
    AnsweredWhenStruck,
    /// A page is read from a copy of the database however far that is behind.
    CopyUnproved,
    /// Since when a stamp is known outlives the epoch under which it was seen.
    SinceOutlivesEpoch,
}

#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// How long a lease and a registration last, in ticks.
    pub(crate) lease: u8,
    /// The processes that listen and keep pages; the others only write.
    pub(crate) readers: Bits,
    /// Which process asks for each write, and its topics. No topics: there is no such write.
    pub(crate) writes: [(usize, Bits); TWO],
    /// Which topics pages depend on.
    pub(crate) depends_on: Bits,
    /// Whether there is an outbox, with registrations and commits without the server.
    pub(crate) has_outbox: bool,
    /// The processes that have just started.
    pub(crate) starting: Bits,
    /// The processes that cannot reach the server any more. (All others may fail to at any moment, and not take a step.)
    pub(crate) cut_off: Bits,
    /// The processes that always reach it in the end: none of their writes goes by the outbox.
    pub(crate) near: Bits,
    /// The processes that take rows out of the outbox.
    pub(crate) drains: Bits,
    /// Whether a process may be struck off.
    pub(crate) strikes: bool,
    /// Whether pages may be read from a copy of the database that is behind.
    pub(crate) has_copy: bool,
    /// Whether the row of a reader is deleted when its sign of life counts no more, by whoever reaches the database alone.
    pub(crate) gives_up: bool,
    pub(crate) faults: Faults,
    pub(crate) mistake: Mistake,
}

impl Config {
    pub(crate) fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    /// The writes that change what pages show.
    pub(crate) fn relevant(&self) -> Bits {
        let bit = |write: usize| u8::from(self.writes[write].1 & self.depends_on != 0) << write;
        bit(0) | bit(1)
    }
}
