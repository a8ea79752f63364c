//! Registering, and what the answers say of the other processes.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;

use super::{MARGIN, Membership, micros, millis};
use crate::coherence::boot_clock;

/// What a registration was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::coherence) struct Registered {
    /// The server's clock, in milliseconds.
    pub(in crate::coherence) clock: u64,
    /// The mark of the registry: another one when it was lost.
    pub(in crate::coherence) mark: Bytes,
    /// All that are registered, with the milliseconds they have left.
    pub(in crate::coherence) members: Vec<(String, i64)>,
}

/// What a registration has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::coherence) struct Registration {
    /// The server's clock, in milliseconds, beyond which it does not go.
    pub(in crate::coherence) deadline: u64,
    /// The mark of the registry into which this process has put all it knows of; empty: it has not.
    pub(in crate::coherence) mark: Bytes,
    /// Who has to be in the registry.
    pub(in crate::coherence) members: Vec<String>,
    /// When it was sent.
    pub(in crate::coherence) sent: Duration,
}

impl Membership {
    /// The mark of a registry of which it is not known yet who belongs into it. That has to be read from the database, where each process has a
    /// row before it registers: read after the mark was seen, the table names all that may have registered under another.
    #[must_use]
    pub fn unconfirmed(&self) -> Option<Bytes> {
        let state = self.state();
        (!state.mark.is_empty() && state.confirmed != state.mark).then(|| state.mark.clone())
    }

    /// All processes that have a row, read after `mark` was seen.
    pub fn confirm(&self, mark: &Bytes, processes: impl IntoIterator<Item = String>) {
        let mut state = self.state();
        state.members.extend(processes);
        state.confirmed = mark.clone();
        state.restored = Bytes::new();
    }

    /// To be called before a registration is sent under this epoch. `None`: this process is silent, or not in the table yet.
    pub(in crate::coherence) fn register(&self, epoch: &Bytes) -> Option<Registration> {
        let mut state = self.state();
        if state.is_silent || !state.has_row {
            return None;
        }
        let now = boot_clock::now();
        if now >= state.registered_until {
            self.rejoins(&mut state, now);
        }
        state.sent = Some(now);
        let server = state.server.filter(|_| state.clock_of == *epoch);
        let deadline =
            server.map_or(0, |(clock, heard)| clock + millis(now.saturating_sub(heard)) + millis(self.lease));
        let is_restored = !state.restored.is_empty() && state.restored == state.mark;
        let mark = if is_restored { state.mark.clone() } else { Bytes::new() };
        let members = if is_restored { Vec::new() } else { state.members.iter().cloned().collect() };
        Some(Registration { deadline, mark, members, sent: now })
    }

    /// What `registration` was answered under `epoch`.
    pub(in crate::coherence) fn registered(&self, epoch: &Bytes, registration: &Registration, answer: &Registered) {
        let mut state = self.state();
        state.server = Some((answer.clock, boot_clock::now()));
        state.clock_of = epoch.clone();
        state.mark = answer.mark.clone();
        let is_since = registration.sent >= state.rejoined;
        // An answer that comes when it was struck off meanwhile speaks of a registration that may have been taken out.
        state.was_registered |= is_since;
        state.registered_until = registration.sent + self.lease;
        let was_restored = registration.mark == answer.mark;
        let is_in_it = |name: &String| answer.members.iter().any(|(known, _)| known == name);
        if !was_restored && state.confirmed == answer.mark && state.members.iter().all(is_in_it) {
            state.restored = answer.mark.clone();
        }
        if was_restored {
            state.members = answer.members.iter().map(|(name, _)| name.clone()).collect();
        }
        let is_missing = |(name, left): &&(String, i64)| *left <= 0 && *name != self.process;
        state.missing = answer.members.iter().filter(is_missing).map(|(name, _)| name.clone()).collect();
        if was_restored && is_since && state.missing.is_empty() {
            self.whole_until.fetch_max(micros(registration.sent + self.lease.saturating_sub(MARGIN)), SeqCst);
        } else {
            drop(state);
            self.request_reading();
        }
    }

    /// Whether the clock of the server that has this epoch is known.
    pub(in crate::coherence) fn has_clock(&self, epoch: &Bytes) -> bool {
        let state = self.state();
        state.server.is_some() && state.clock_of == *epoch
    }

    /// The clock of the server that has this epoch, in milliseconds.
    pub(in crate::coherence) fn set_clock(&self, epoch: &Bytes, clock: u64) {
        let mut state = self.state();
        state.server = Some((clock, boot_clock::now()));
        state.clock_of = epoch.clone();
    }

    /// How long a registration lives.
    pub(crate) fn lease(&self) -> Duration {
        self.lease
    }

    /// Whether this process was ever registered: the others would notice that it is missing.
    #[must_use]
    pub fn was_registered(&self) -> bool {
        self.state().was_registered
    }
}
