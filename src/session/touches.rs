//! Which sessions' use is being noted by this process, so that a crowd of requests of one session writes once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

/// See the module. Clones are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Touches(Arc<Mutex<HashSet<i64>>>);

/// The right to note the use of one session; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    touches: Touches,
    session_id: i64,
}

impl Touches {
    /// `None` while somebody else is at it.
    pub(super) fn turn(&self, session_id: i64) -> Option<Turn> {
        let is_first = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(session_id);
        is_first.then(|| Turn { touches: self.clone(), session_id })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.touches.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.session_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_session_has_one_turn_at_a_time() {
        let touches = Touches::default();
        let turn = touches.turn(1);
        assert!(turn.is_some() && touches.turn(1).is_none() && touches.turn(2).is_some());
        drop(turn);
        assert!(touches.turn(1).is_some());
    }
}
