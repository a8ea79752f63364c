//! The windows in this process, bounded in number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::key::Excess;
use super::{AHEAD, Decision, Key};

/// Most keys remembered. When there are more, those whose last try is longest ago are forgotten.
const CAPACITY: usize = 50_000;

/// Tries by the name of their key, oldest first. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct MemoryWindows(Arc<Mutex<HashMap<String, Vec<Try>>>>);

#[derive(Debug)]
struct Try {
    at: i64,
    id: String,
}

impl MemoryWindows {
    /// Decides and counts at once; `now` in milliseconds.
    pub(super) fn attempt(&self, keys: &[Key], id: &str, now: i64) -> Decision {
        let mut windows = self.lock();
        let mut before = Vec::with_capacity(keys.len());
        for key in keys {
            let since = now.saturating_sub(key.window_millis());
            let tries = windows.get_mut(&key.name).map(|tries| {
                // Of a time to come is what was noted before the clock was set back.
                tries.retain(|tried| tried.at > since && tried.at <= now.saturating_add(AHEAD));
                &*tries
            });
            let count = tries.map_or(0, Vec::len);
            if let (Excess::Refuse, Some(oldest)) = (key.excess, tries.and_then(|tries| tries.first()))
                && count >= key.limit as usize
            {
                return Decision::Refused { wait: oldest.at - since };
            }
            before.push(u32::try_from(count).unwrap_or(u32::MAX));
        }
        make_room(&mut windows, keys.len());
        for key in keys {
            let tries = windows.entry(key.name.clone()).or_default();
            if tries.len() >= key.kept() as usize {
                tries.remove(0);
            }
            tries.push(Try { at: now, id: id.to_owned() });
        }
        Decision::Admitted(before)
    }

    pub(super) fn give_back(&self, keys: &[Key], id: &str) {
        let mut windows = self.lock();
        for key in keys {
            if let Some(tries) = windows.get_mut(&key.name) {
                tries.retain(|tried| tried.id != id);
                if tries.is_empty() {
                    windows.remove(&key.name);
                }
            }
        }
    }

    pub(super) fn forgive(&self, keys: &[Key]) {
        let mut windows = self.lock();
        for key in keys {
            windows.remove(&key.name);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Try>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Halves what is remembered when it would become too much: rare, so that no try pays for it in general. What was tried once goes before what
/// was tried often, so that a crowd of invented names does not make those forgotten that matter.
fn make_room(windows: &mut HashMap<String, Vec<Try>>, more: usize) {
    if windows.len() + more <= CAPACITY {
        return;
    }
    let rank = |tries: &Vec<Try>| (tries.len(), tries.last().map_or(i64::MIN, |tried| tried.at));
    let mut ranks: Vec<_> = windows.values().map(rank).collect();
    ranks.sort_unstable();
    let median = ranks.get(ranks.len() / 2).copied().unwrap_or((usize::MAX, i64::MAX));
    windows.retain(|_, tries| rank(tries) > median);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded_and_what_was_tried_often_stays() {
        let windows = MemoryWindows::default();
        let often = [Key::refusing("often".to_owned(), 3, std::time::Duration::from_secs(900))];
        for _ in 0..3 {
            windows.attempt(&often, "id", 0);
        }
        for now in 0..120_000 {
            let key = Key::refusing(format!("k{now}"), 3, std::time::Duration::from_secs(900));
            windows.attempt(&[key], "id", now);
        }
        assert!(windows.lock().len() <= CAPACITY);
        assert!(matches!(windows.attempt(&often, "id", 120_000), Decision::Refused { .. }));
    }
}
