//! The windows in this process, bounded in number.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Decision, Excess, Key};

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
        let mut slow = false;
        for key in keys {
            let Some(tries) = windows.get_mut(&key.name) else {
                continue;
            };
            let since = now.saturating_sub(key.window_millis());
            tries.retain(|tried| tried.at > since);
            if tries.len() < key.limit as usize {
                continue;
            }
            match (key.excess, tries.first()) {
                (Excess::Refuse, Some(oldest)) => {
                    return Decision::Refused { wait: oldest.at - since };
                }
                _ => slow = true,
            }
        }
        make_room(&mut windows, keys.len());
        for key in keys {
            let tries = windows.entry(key.name.clone()).or_default();
            if tries.len() >= key.limit as usize {
                tries.remove(0);
            }
            tries.push(Try { at: now, id: id.to_owned() });
        }
        Decision::Admitted { slow }
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

/// Halves what is remembered when it would become too much: rare, so that no try pays for it in general.
fn make_room(windows: &mut HashMap<String, Vec<Try>>, more: usize) {
    if windows.len() + more <= CAPACITY {
        return;
    }
    let mut last: Vec<i64> = windows.values().filter_map(|tries| tries.last()).map(|tried| tried.at).collect();
    last.sort_unstable();
    let median = last.get(last.len() / 2).copied().unwrap_or(i64::MAX);
    windows.retain(|_, tries| tries.last().is_some_and(|tried| tried.at > median));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_bounded() {
        let windows = MemoryWindows::default();
        for now in 0..120_000 {
            let key = Key::refusing(format!("k{now}"), 3, std::time::Duration::from_secs(900));
            windows.attempt(&[key], "id", now);
        }
        assert!(windows.lock().len() <= CAPACITY);
    }
}
