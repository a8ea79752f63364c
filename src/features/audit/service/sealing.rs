//! Sealing the trail, once a minute, on the instance that leads.
//!
//! # Which entries may be sealed
//!
//! A seal says: these are all entries of this chain up to this id. That must stay true, though ids are given out before the
//! transactions that use them are committed: while one with id 8 is being written, one with id 9 may be there already. Waiting
//! some seconds would be a guess about the slowest transaction. Instead each round notes how far entries are there and which
//! transactions are writing entries just then, and seals up to that point only in a later round, when all of those
//! are over ([`Horizon`]). So an entry that turns up below a sealed id was put there by other hands.
//!
//! # What it costs
//!
//! The rounds up to the first that seals look at the end of every chain; each later one only at the entries that have come since the one
//! before. Neither reads seals: where a chain ends stands in `audit_chain_head`, which the database moves with each seal.
//!
//! # Several instances
//!
//! Any of them may seal, and without Redis all do. A seal takes the place after the last one of its chain, and a place can be taken once (a unique index):
//! whoever comes second finds it taken and leaves the rest for the next round. Both would have sealed the same entries.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use entity::{audit_chain_head, audit_entry, audit_seal};
use sea_orm::{ActiveModelTrait as _, ActiveValue::NotSet, DbErr};

use crate::{
    background::Job,
    coherence::Topics,
    db::{UnitOfWork, Unrecorded, ViolationKind, violation},
    features::audit::{
        chain::{ChainKey, SealedEntry, encode},
        chain_name,
        queries::seals::{self, EntryRange, Horizon},
        short,
    },
    state::AppState,
};

/// Entries in a seal, at most: 12 kB of members.
const BATCH: u64 = 500;

const SEALS: Unrecorded = Unrecorded::of(&["audit_seal"], "a seal is about the trail and stands beside it");

/// Entries that have waited so long make the instance `degraded`: sealing is held up.
const LATE: Duration = Duration::from_secs(15 * 60);

/// Seals the trail, from what it saw in the round before.
pub struct Sealer {
    state: AppState,
    key: ChainKey,
    batch: u64,
    progress: Mutex<Progress>,
}

/// What one round leaves to the next.
#[derive(Debug, Default)]
struct Progress {
    seen: Option<Horizon>,
    /// Every entry up to this id is sealed; not known before the first round that has sealed.
    sealed_up_to: Option<i64>,
}

impl Sealer {
    /// For the database, the clock and the secret of `state`. Nothing is sealed before its second round.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        let key = ChainKey::new(&state.settings.secret_key);
        Self { key, state: state.clone(), batch: BATCH, progress: Mutex::default() }
    }

    /// The same with smaller seals, as a quiet clinic has them: for who measures.
    #[must_use]
    pub fn of_at_most(self, entries: u64) -> Self {
        Self { batch: entries.clamp(1, BATCH), ..self }
    }

    /// Seals what an earlier round saw, if all that were writing then are done, and looks how far entries are there now.
    /// How many entries were sealed.
    ///
    /// Nothing, with another key than the instance that was here first: nobody could verify it.
    ///
    /// # Errors
    /// The database's; what was sealed until then stays sealed.
    pub async fn round(&self) -> Result<u64, DbErr> {
        self.state.db.compare_instances().await?;
        if !self.state.db.has_the_common_key() {
            return Ok(0);
        }
        let now = seals::horizon(&self.state.db.reader()).await?;
        let seen = self.progress().seen.clone();
        let mut sealed = 0;
        if !seen.as_ref().is_some_and(|seen| seen.is_awaited(&now)) {
            if let Some(seen) = seen {
                sealed = self.seal_up_to(seen.last_id).await?;
            }
            self.progress().seen = Some(now);
        }
        self.tell_what_waits().await?;
        Ok(sealed)
    }

    async fn seal_up_to(&self, last_id: i64) -> Result<u64, DbErr> {
        let reader = self.state.db.reader();
        let before = self.progress().sealed_up_to;
        let chains = match before {
            Some(before) => seals::with_entries_within(&reader, EntryRange { after: before, last_id }).await?,
            None => seals::unsealed(&reader, last_id).await?,
        };
        let (mut sealed, mut is_whole) = (0, true);
        for chain in chains {
            loop {
                let Some(batch) = self.seal_next(chain, last_id).await? else {
                    is_whole = false;
                    break;
                };
                sealed += batch;
                if batch < self.batch {
                    break;
                }
            }
        }
        if is_whole {
            self.progress().sealed_up_to = Some(last_id);
        }
        Ok(sealed)
    }

    /// Tells metrics and readiness how long the first entry that is not sealed has waited. What holds sealing up may have been there before this
    /// process: until it has sealed once, the ends of the chains tell.
    async fn tell_what_waits(&self) -> Result<(), DbErr> {
        let (reader, sealed_up_to) = (self.state.db.reader(), self.progress().sealed_up_to);
        let first = match sealed_up_to {
            Some(sealed_up_to) => seals::first_after(&reader, sealed_up_to).await?,
            None => seals::first_unsealed(&reader).await?,
        };
        let age = first.map(|at| (self.state.clock.now() - at).to_std().unwrap_or_default());
        self.state.background.note_waiting(Self::NAME, age, Some(LATE));
        if let Some(age) = age.filter(|age| *age > LATE) {
            log::warn!(
                "the trail has not been sealed for {} s: a transaction that writes to it has been open since then \
                 (pg_locks), or another instance is faster each time",
                age.as_secs()
            );
        }
        Ok(())
    }

    /// Seals the next entries of a chain; how many. `None`: another instance was faster.
    async fn seal_next(&self, chain: Option<i64>, last_id: i64) -> Result<Option<u64>, DbErr> {
        let now = self.state.clock.now();
        let sealed =
            self.state.db.write_unrecorded(SEALS, async |uow| self.seal_in(uow, (chain, last_id), now).await).await;
        let seal = match sealed {
            Err(error) if violation(&error).is_some_and(|broken| broken.kind == ViolationKind::Unique) => {
                return Ok(None);
            }
            sealed => sealed?,
        };
        let Some(seal) = seal else { return Ok(Some(0)) };
        // Kept outside of the database, this line tells of seals that were taken off the end. Only now: it is of one that is there.
        log::info!(
            "audit: {} sealed up to entry {}, seal {}, digest {}",
            chain_name(chain),
            seal.last_entry_id,
            seal.sequence,
            short(&seal.digest)
        );
        Ok(Some(seal.entry_count.unsigned_abs().into()))
    }

    async fn seal_in(
        &self,
        uow: &UnitOfWork,
        (chain, last_id): (Option<i64>, i64),
        now: DateTime<Utc>,
    ) -> Result<Option<audit_seal::Model>, DbErr> {
        let head = uow.read(async |conn| seals::head(conn, chain).await).await?;
        let after = head.as_ref().map_or(0, |head| head.last_entry_id);
        let range = EntryRange { after, last_id };
        let entries = uow.read(async |conn| seals::entries_within(conn, chain, range, self.batch).await).await?;
        let Some(seal) = self.seal(head.as_ref(), &entries, now) else { return Ok(None) };
        let row = audit_seal::ActiveModel { id: NotSet, ..seal.clone().into() };
        uow.insert_many([row.reset_all()], Topics::exempt("no page shows seals")).await?;
        Ok(Some(seal))
    }

    /// The seal of `entries` after `head`, not yet stored; none for no entries.
    fn seal(
        &self,
        head: Option<&audit_chain_head::Model>,
        entries: &[audit_entry::Model],
        now: DateTime<Utc>,
    ) -> Option<audit_seal::Model> {
        let (first, last) = (entries.first()?, entries.last()?);
        let members: Vec<SealedEntry> = entries.iter().map(|entry| self.key.member(entry)).collect();
        let mut seal = audit_seal::Model {
            id: 0,
            hospital_id: first.hospital_id,
            sequence: head.map_or(0, |head| head.sequence) + 1,
            first_entry_id: first.id,
            last_entry_id: last.id,
            entry_count: i32::try_from(entries.len()).ok()?,
            members: encode(&members),
            digest: Vec::new(),
            // Whole microseconds: as both databases keep it.
            sealed_at: DateTime::from_timestamp_micros(now.timestamp_micros())?,
            created_at: now,
            updated_at: now,
        };
        seal.digest = self.key.seal(&seal, head.map_or(&[][..], |head| &head.digest));
        Some(seal)
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job for Sealer {
    const NAME: &'static str = "audit_sealing";
    const EVERY: Duration = Duration::from_secs(60);
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        self.round().await.map(|_sealed| Self::EVERY)
    }

    fn may_lead(&self) -> bool {
        self.state.db.has_the_common_key()
    }

    /// What waits is told by the instance that leads.
    async fn stand_by(&self) {
        self.state.background.note_waiting(Self::NAME, None, None);
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}
