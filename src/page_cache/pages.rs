//! The cached pages: in this process, and shared through Redis.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use moka::sync::Cache as Moka;
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

use super::CacheStatus;
use super::entry::{CacheEntry, Encoding};
use super::key::PageKey;
use super::shared::Shared;
use crate::coherence::{self, Stamp, Stamps, Store};
use crate::integrations::clock::Clock;

/// Entries by their keys. What is found here is bytes, never truth: it is served only if what it was made from is
/// what it would be made from after the request arrived.
pub(super) struct PageStore {
    cached: Moka<PageKey, Arc<CacheEntry>>,
    flights: Mutex<HashMap<PageKey, Arc<Turn<()>>>>,
    store: Arc<dyn Store>,
    shared: Option<Shared>,
    clock: Clock,
    lifetime: TimeDelta,
}

/// What was found for a key.
pub(super) enum Lookup {
    /// A page that may be served now.
    Entry(Arc<CacheEntry>),
    /// None. The stamps, if any were read, are older than anything that will be read from the database.
    Nothing(Option<(Arc<CacheEntry>, Stamps)>),
    /// Somebody is committing a change to what the page depends on.
    Held,
    /// The stamps cannot be read.
    Unavailable,
}

/// The right to make a page, which one request at a time has.
pub(super) struct Flight<'a> {
    pages: &'a PageStore,
    key: PageKey,
    turn: Option<Arc<Turn<()>>>,
    alone: Option<OwnedMutexGuard<()>>,
}

impl PageStore {
    pub(super) fn new(
        (store, shared): (Arc<dyn Store>, Option<Shared>),
        clock: Clock,
        (lifetime, memory): (std::time::Duration, u64),
    ) -> Self {
        let weight = |key: &PageKey, entry: &Arc<CacheEntry>| {
            entry.weight().saturating_add(u32::try_from(key.weight()).unwrap_or(u32::MAX))
        };
        let cached = Moka::builder().max_capacity(memory).weigher(weight).time_to_live(lifetime).build();
        let lifetime = TimeDelta::from_std(lifetime).unwrap_or(TimeDelta::MAX);
        Self { cached, flights: Mutex::default(), store, shared, clock, lifetime }
    }

    /// What this process has for `key`, whether it may be served or not.
    pub(super) fn cached(&self, key: &PageKey) -> Option<Arc<CacheEntry>> {
        self.cached.get(key)
    }

    /// Whether `entry` may be served now, as far as is known without asking.
    pub(super) fn vouches_for(&self, entry: &CacheEntry) -> bool {
        self.store.vouches_for(entry.basis()) && entry.is_in_time(self.clock.now(), self.lifetime)
    }

    /// Whether `entry` may be served now.
    pub(super) async fn judge(&self, entry: &Arc<CacheEntry>) -> Lookup {
        if self.vouches_for(entry) {
            return Lookup::Entry(Arc::clone(entry));
        }
        match coherence::store::stamps(&*self.store, &entry.basis().topics()).await {
            Err(_) => Lookup::Unavailable,
            Ok(stamps) if entry.basis().is(&stamps) && entry.is_in_time(self.clock.now(), self.lifetime) => {
                Lookup::Entry(Arc::clone(entry))
            }
            Ok(stamps) if stamps.values.contains(&Stamp::Held) => Lookup::Held,
            Ok(stamps) => Lookup::Nothing(Some((Arc::clone(entry), stamps))),
        }
    }

    /// The same for the shared copy of a page, which another process may have made.
    pub(super) async fn shared(&self, key: &PageKey) -> Option<Arc<CacheEntry>> {
        let entry = Arc::new(self.shared_by(key)?.get(key).await?);
        if matches!(self.judge(&entry).await, Lookup::Entry(_)) {
            self.cached.insert(key.clone(), Arc::clone(&entry));
            return Some(entry);
        }
        None
    }

    /// The page with its form in `encoding` as well, which is kept from now on.
    pub(super) fn add_form(&self, key: &PageKey, entry: &Arc<CacheEntry>, encoding: Encoding) -> Arc<CacheEntry> {
        let formed = Arc::new(CacheEntry::clone(entry).with_form(encoding, &entry.body()));
        // One that was made meanwhile is newer.
        if self.cached.get(key).is_some_and(|there| Arc::ptr_eq(&there, entry)) {
            self.cached.insert(key.clone(), Arc::clone(&formed));
        }
        formed
    }

    /// Keeps a page here, and behind the answer for all if it is one that they share.
    pub(super) fn insert(&self, key: &PageKey, entry: &Arc<CacheEntry>) {
        self.cached.insert(key.clone(), Arc::clone(entry));
        if let Some(shared) = self.shared_by(key) {
            shared.put(key, Arc::clone(entry));
        }
    }

    fn shared_by(&self, key: &PageKey) -> Option<&Shared> {
        self.shared.as_ref().filter(|_| key.is_shared())
    }

    /// The turn to make the page `key`, and whether somebody else had it before, whose page may serve as well.
    pub(super) async fn flight(&self, key: &PageKey) -> (Flight<'_>, bool) {
        let turn = {
            let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(flights.entry(key.clone()).or_default())
        };
        // Before there is anything to wait for: whoever goes away while they wait may be the last.
        let mut flight = Flight { pages: self, key: key.clone(), turn: Some(turn), alone: None };
        let waited = flight.wait().await;
        (flight, waited)
    }

    /// How many pages are kept here, and how many bytes they are estimated to take.
    pub(super) fn size(&self) -> (u64, u64) {
        (self.cached.entry_count(), self.cached.weighted_size())
    }
}

impl Flight<'_> {
    /// Waits for its turn. Whether it had to.
    async fn wait(&mut self) -> bool {
        let Some(turn) = &self.turn else { return false };
        let (alone, waited) = match Arc::clone(turn).try_lock_owned() {
            Ok(alone) => (alone, false),
            Err(_) => (Arc::clone(turn).lock_owned().await, true),
        };
        self.alone = Some(alone);
        waited
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.pages.flights.lock().unwrap_or_else(PoisonError::into_inner);
        (self.alone, self.turn) = (None, None);
        // The map's own: nobody waits for this turn.
        if flights.get(&self.key).is_some_and(|turn| Arc::strong_count(turn) == 1) {
            flights.remove(&self.key);
        }
    }
}

impl Lookup {
    /// How it is told where there is no page to serve.
    pub(super) fn cache_status(&self) -> CacheStatus {
        match self {
            Self::Entry(_) => CacheStatus::Hit,
            Self::Nothing(_) => CacheStatus::Miss,
            Self::Held => CacheStatus::Held,
            Self::Unavailable => CacheStatus::Bypass,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;

    use actix_web::http::header::HeaderValue;

    use super::*;
    use crate::coherence::{Basis, MemoryStore};
    use crate::page_cache::key::{PageName, Policy};

    fn page_store() -> (PageStore, PageKey) {
        let limits = (Duration::from_secs(600), 1024 * 1024);
        let pages = PageStore::new((Arc::new(MemoryStore::default()), None), Clock::system(), limits);
        let Some(name) = PageName::new(("/doctors", Vec::new()), "", &Policy::with(&[])) else { panic!("a page") };
        (pages, name.seen_by(None))
    }

    #[test]
    fn a_form_that_is_added_stays_unless_the_page_was_made_anew_meanwhile() {
        let (pages, key) = page_store();
        let made = |text: &str| {
            let basis = Basis { epoch: "e1".into(), stamps: Vec::new(), until: None };
            let parts = (text.as_bytes(), HeaderValue::from_static("private, no-cache"));
            let entry = CacheEntry::new(basis, Clock::system().now(), parts);
            Arc::new(entry.unwrap_or_else(|| panic!("a page can be packed")))
        };
        let (old, new) = (made("old"), made("new"));
        pages.insert(&key, &old);
        let with_gzip = pages.add_form(&key, &old, Encoding::Gzip);
        assert!(with_gzip.form(Encoding::Gzip).is_some());
        assert!(pages.cached(&key).is_some_and(|there| Arc::ptr_eq(&there, &with_gzip)));
        pages.insert(&key, &new);
        assert_eq!(pages.add_form(&key, &with_gzip, Encoding::Identity).body(), "old");
        assert!(pages.cached(&key).is_some_and(|there| Arc::ptr_eq(&there, &new)));
    }

    #[tokio::test]
    async fn nothing_is_left_of_those_who_waited_and_went_away() {
        let (pages, key) = page_store();
        let (first, _) = pages.flight(&key).await;
        let mut second = Box::pin(pages.flight(&key));
        assert!(second.as_mut().now_or_never().is_none(), "one at a time");
        drop(first);
        drop(second);
        assert!(pages.flights.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
        let (again, waited) = pages.flight(&key).await;
        assert!(!waited);
        drop(again);
        assert!(pages.flights.lock().unwrap_or_else(PoisonError::into_inner).is_empty());
    }
}
