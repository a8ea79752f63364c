//! Sealing the trail, once a minute, on the instance that leads.
//!
//! # Which entries may be sealed
//!
//! A seal says: these are all entries of this chain up to this id. That must stay true, though ids are given out before the
//! transactions that use them are committed: while one with id 8 is being written, one with id 9 may be there already. Waiting
//! some seconds would be a guess about the slowest transaction. Instead each round notes how far entries are there and which
//! transaction numbers have been given out by then, and seals up to that point only in a later round, when all transactions
//! with such numbers are over ([`Horizon`]). So an entry that turns up below a sealed id was put there by other hands.
//!
//! # Several instances
//!
//! Any of them may seal, and without Redis all do. A seal takes the place after the last one of its chain, and a place can be taken once (a unique index):
//! whoever comes second finds it taken and leaves the rest for the next round. Both would have sealed the same entries.

use std::{sync::Mutex, sync::PoisonError, time::Duration};

use chrono::{DateTime, Utc};
use entity::{audit_entry, audit_seal};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use crate::{
    background::Job,
    coherence::Topics,
    db::{UnitOfWork, Unrecorded, ViolationKind, violation},
    features::audit::{
        chain::{ChainKey, SealedEntry, encode},
        chain_name,
        queries::seals::{self, Horizon},
        short,
    },
    state::AppState,
};

/// Entries in a seal, at most: 12 kB of members.
const BATCH: u64 = 500;

const SEALS: Unrecorded = Unrecorded::of(&["audit_seal"], "a seal is about the trail and stands beside it");

/// Seals the trail, from what it saw in the round before.
pub struct Sealer {
    state: AppState,
    key: ChainKey,
    seen: Mutex<Option<Horizon>>,
}

impl Sealer {
    /// For the database, the clock and the secret of `state`. Nothing is sealed before its second round.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self { key: ChainKey::new(&state.settings.secret_key), state: state.clone(), seen: Mutex::default() }
    }

    /// Seals what an earlier round saw, if all transactions of then are over, and looks how far entries are there now.
    /// How many entries were sealed.
    ///
    /// # Errors
    /// The database's; what was sealed until then stays sealed.
    pub async fn round(&self) -> Result<u64, DbErr> {
        let now = seals::horizon(&self.state.db.reader()).await?;
        let seen = *self.seen();
        if seen.is_some_and(|seen| now.oldest < seen.next) {
            return Ok(0);
        }
        let sealed = match seen {
            Some(seen) => self.seal_up_to(seen.last_id).await?,
            None => 0,
        };
        *self.seen() = Some(now);
        Ok(sealed)
    }

    async fn seal_up_to(&self, last_id: i64) -> Result<u64, DbErr> {
        let hospitals = seals::unsealed(&self.state.db.reader(), last_id).await?;
        let mut sealed = 0;
        for chain in hospitals.into_iter().map(Some).chain([None]) {
            loop {
                let batch = self.seal_next(chain, last_id).await?;
                sealed += batch;
                if batch < BATCH {
                    break;
                }
            }
        }
        Ok(sealed)
    }

    /// Seals the next entries of a chain; how many. None when another instance was faster.
    async fn seal_next(&self, chain: Option<i64>, last_id: i64) -> Result<u64, DbErr> {
        let now = self.state.clock.now();
        let sealed =
            self.state.db.write_unrecorded(SEALS, async |uow| self.seal_in(uow, (chain, last_id), now).await).await;
        match sealed {
            Err(error) if violation(&error).is_some_and(|broken| broken.kind == ViolationKind::Unique) => Ok(0),
            sealed => sealed,
        }
    }

    async fn seal_in(
        &self,
        uow: &UnitOfWork,
        (chain, last_id): (Option<i64>, i64),
        now: DateTime<Utc>,
    ) -> Result<u64, DbErr> {
        let head = uow.read(async |conn| seals::head(conn, chain).await).await?;
        let after = head.as_ref().map_or(0, |head| head.last_entry_id);
        let entries = uow.read(async |conn| seals::entries_within(conn, chain, (after, last_id), BATCH).await).await?;
        let Some(seal) = self.seal(head.as_ref(), &entries, now) else { return Ok(0) };
        // Kept outside of the database, this line tells of seals that were taken off the end.
        log::info!(
            "audit: {} sealed up to entry {}, seal {}, digest {}",
            chain_name(chain),
            seal.last_entry_id,
            seal.sequence,
            short(&seal.digest)
        );
        let row = audit_seal::ActiveModel {
            id: NotSet,
            hospital_id: Set(chain),
            sequence: Set(seal.sequence),
            first_entry_id: Set(seal.first_entry_id),
            last_entry_id: Set(seal.last_entry_id),
            entry_count: Set(seal.entry_count),
            members: Set(seal.members),
            digest: Set(seal.digest),
            sealed_at: Set(now),
            created_at: Set(now),
            updated_at: Set(now),
        };
        uow.insert_many([row], Topics::exempt("no page shows seals")).await?;
        Ok(entries.len() as u64)
    }

    /// The seal of `entries` after `head`, not yet stored; none for no entries.
    fn seal(
        &self,
        head: Option<&audit_seal::Model>,
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

    fn seen(&self) -> std::sync::MutexGuard<'_, Option<Horizon>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job for Sealer {
    const NAME: &'static str = "audit_sealing";
    const EVERY: Duration = Duration::from_secs(60);
    type Error = DbErr;

    async fn turn(&self) -> Result<Duration, DbErr> {
        self.round().await.map(|_sealed| Self::EVERY)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}
