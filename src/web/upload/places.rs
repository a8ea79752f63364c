//! Places for files: how many one process holds at a time while they come, and as many while they are handed out; and how many of them one person.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long one waits for a place.
const WAITING: Duration = Duration::from_secs(10);
/// Files that one process holds at a time: each is in memory as a whole.
const OF_ALL: usize = 12;
/// Those of one person: whoever sends or takes slowly keeps nobody else out.
const OF_ONE: usize = 3;

/// The places of a process.
#[derive(Debug)]
pub(in crate::web) struct Places {
    all: Arc<Semaphore>,
    /// How many each person has, by `user.id`.
    taken: Arc<Mutex<BTreeMap<i64, usize>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self { all: Arc::new(Semaphore::new(OF_ALL)), taken: Arc::default() }
    }
}

impl Places {
    /// A place for a file of `user_id`; none when they have several, or when none is free for a while.
    pub(in crate::web) async fn take(&self, user_id: i64) -> Option<FilePlace> {
        let own = Own::take(&self.taken, user_id)?;
        let of_all = tokio::time::timeout(WAITING, Arc::clone(&self.all).acquire_owned()).await.ok()?.ok()?;
        Some(FilePlace { _of_all: of_all, _own: own })
    }
}

/// A place for one file, until it is dropped.
#[derive(Debug)]
pub struct FilePlace {
    _of_all: OwnedSemaphorePermit,
    _own: Own,
}

/// One of those that a person may have.
#[derive(Debug)]
struct Own {
    taken: Arc<Mutex<BTreeMap<i64, usize>>>,
    user_id: i64,
}

impl Own {
    fn take(taken: &Arc<Mutex<BTreeMap<i64, usize>>>, user_id: i64) -> Option<Self> {
        let mut counts = taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counts.entry(user_id).or_default();
        if *own >= OF_ONE {
            return None;
        }
        *own += 1;
        Some(Self { taken: Arc::clone(taken), user_id })
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let mut counts = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = counts.get_mut(&self.user_id) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.remove(&self.user_id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_person_has_three_at_a_time_and_all_together_twelve() {
        let places = Places::default();
        let mut held = Vec::new();
        for user_id in [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4] {
            held.push(places.take(user_id).await);
        }
        assert!(places.take(1).await.is_none(), "the first has three");
        held.push(places.take(4).await);
        assert!(held.iter().all(Option::is_some));
        assert_eq!(places.all.available_permits(), 0);
        drop(held);
        assert!(places.take(1).await.is_some());
        assert_eq!(places.all.available_permits(), OF_ALL);
        assert_eq!(places.taken.lock().map(|taken| taken.len()).ok(), Some(0), "nobody is remembered");
    }
}
