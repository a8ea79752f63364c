//! The own row in the table of processes: who has none is thought of by nobody, and relies on nobody's being missing no more than it
//! is missed itself.

use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;

use super::{MARGIN, Membership, State, micros};
use crate::coherence::boot_clock;

/// Who is missing for so long, and shows no sign of life, is struck off by those that are registered.
pub(crate) const DEAD: Duration = Duration::from_secs(60);

impl Membership {
    /// The same with signs of life that count for so long.
    #[must_use]
    pub fn with_row_lease(self, row_lease: Duration) -> Self {
        Self { row_lease, ..self }
    }

    /// For how long a sign of life counts: after longer than that without one a process relies on nothing that its row is needed for.
    #[must_use]
    pub fn row_lease(&self) -> Duration {
        self.row_lease
    }

    /// This process has a row in the table of processes, which was counted up or put there by a statement that was begun at `began` of the
    /// boot clock. Before that it does not register: whoever reads the table would not find it.
    pub fn has_row(&self, began: Duration) {
        let mut state = self.state();
        state.has_row = !state.has_left;
        state.row_seen = began;
        self.count_row(&state);
    }

    /// Its row was taken out: it was taken for dead, and would not be missed until it is registered once more. Nor would it know of
    /// those that came meanwhile: the table is to be read again.
    pub fn was_struck_off(&self) {
        let mut state = self.state();
        (state.has_row, state.was_registered) = (false, false);
        (state.confirmed, state.restored) = (Bytes::new(), Bytes::new());
        state.rejoined = boot_clock::now();
        // What it was answered, or will be, to what it said before is no longer so.
        self.whole_until.store(0, SeqCst);
        self.count_row(&state);
    }

    /// Whether nobody's being missing, as an answer to what was sent at `sent` has it, may be relied on until `end` of the boot clock.
    pub(in crate::coherence) fn covers(&self, sent: Duration, end: Duration) -> bool {
        sent >= self.state().rejoined && end <= Duration::from_micros(self.row_until.load(SeqCst))
    }

    /// Its registration had run out, or there was none: whoever has seen that may be about to strike it off.
    pub(super) fn rejoins(&self, state: &mut State, now: Duration) {
        state.rejoined = now;
        self.count_row(state);
    }

    fn count_row(&self, state: &State) {
        let is_since = state.row_seen >= state.rejoined;
        let counts = if is_since { self.row_lease.saturating_sub(MARGIN) } else { self.row_lease.min(DEAD / 2) };
        let until = if state.has_row { state.row_seen + counts } else { Duration::ZERO };
        self.row_until.store(micros(until), SeqCst);
    }

    /// This process ends: it registers no more, and from now on commits nothing without Redis. `false`: it may be doing so just now, and has to be
    /// missed.
    pub fn retire(&self) -> bool {
        let mut state = self.state();
        if state.is_silent || state.silent_commits > 0 {
            return false;
        }
        state.has_left = true;
        (state.has_row, state.was_registered) = (false, false);
        self.count_row(&state);
        true
    }

    /// Whether it has bound itself so.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.state().has_left
    }
}
