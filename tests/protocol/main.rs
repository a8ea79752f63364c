//! The protocol of the listening cache, as a model of which every reachable state is walked.
//!
//! What is checked is a small world, not the code: the rules that `coherence` and `db` follow, written once more as a state machine. It says
//! whether the rules hold whatever the order in which things happen; `tests/coherence` says whether the code follows them.
//!
//! # What holds in every state
//!
//! - **No answer is older than its request**: whatever a process would serve now, from its own memory or after asking the server, shows each write
//!   that has been answered.
//! - **Every write can be answered**: what a write waits for is a step that may be taken now, or a time that only grows less.
//!
//! # What is modelled
//!
//! Two processes, two topics, two writes, one page that depends on them; of all pages that could be kept it is left open which one is. A process that takes
//! no step is slow, stopped (SIGSTOP) or cut off: nothing is fair, and everybody's clock goes on. One step is
//!
//! - of the server one script (HOLD, RENEW, LEASE, LEAVE, a question), the setting of an epoch, or a hold that runs out;
//! - of a listener the next message, or a new subscription;
//! - of a process an answer taken into the map, a page kept, or one that was read from a copy of the database that is as far behind as it may be, a reading of the outbox or of the table of processes, its row, a sign of life, falling silent, standing apart,
//!   going back, each of the three parts of striking another off, deleting the row of another that shows no sign of life;
//! - of a write its hold, COMMIT, release, the commit by way of the outbox, the answer, the removal of its row;
//! - a tick: all leases, registrations, graces and waits have one less.
//!
//! Faults ([`state::Faults`]): a subscription breaks; a message is lost within one; a command is carried out late, or twice, as a transport does that says it
//! again over another connection; the server is flushed; a replica that is behind takes over, with what it had then; the server evicts a topic's key,
//! the leases, or the registry (and somebody else registers first); a map forgets a topic; a process dies.
//!
//! Stamps are never used again; states that differ in the names of stamps, in the number at which the sequence stands, or in what can play no part any more
//! are the same ([`tidy`]). Times are what is left of them, so that the walk ends without a bound on time.
//!
//! # Sizes
//!
//! [`checks`] has the configurations, each with the faults it allows, one at a time unless it says so: two writes of two topics without faults, and with broken
//! subscriptions; one write of two topics under each fault; a repeated hold together with a lost key; two readers; a writer that may at any
//! moment go by the outbox; a copy of the database under each fault; one that is cut off, under a flush, under a lost registry, while it is struck off, and from its start. The larger ones, two writes
//! under each fault and the outbox under each, take minutes and some gigabytes:
//!
//! ```sh
//! cargo test --release --locked --test protocol -- --ignored
//! ```
//!
//! # Planted mistakes
//!
//! A check that finds nothing may be blind. [`config::Mistake`] lists parts of the protocol that can be left out or done wrongly, and [`mistakes`] asserts that each
//! is found.
//!
//! # What is not modelled
//!
//! - The code: locks, the order of two looks within one process, the parsing of messages.
//! - More than two processes, but for the one that registers first after the registry was lost. A page made of several reads.
//! - COMMITs whose outcome nobody knows: whoever asked for them is told so. Holds that run out before their COMMIT: the database refuses it then.
//! - Copies of sessions: they are kept and served as pages are. Commands that know no cache.
//!
//! # What is taken for granted
//!
//! - Clocks count alike, and a tick is the same for all; the margins of the code are for where that is not quite so.
//! - One server takes writes at a time, and a replica that takes over has not handed out leases of its own.
//! - A lost sequence goes on beyond all there were, and an epoch, a mark and a stamp are never used twice.
//! - A message that comes first in a subscription is not lost within it: only from the first on are gaps seen.
//! - The database is one, and what it has committed stays.

#![expect(clippy::indexing_slicing, reason = "processes, topics and writes are numbered, and there are two of each")]

mod checks;
mod config;
mod knowledge;
mod membership;
mod mistakes;
mod model;
mod process;
mod properties;
mod server;
mod state;
mod steps;
mod tidy;
mod writer;
