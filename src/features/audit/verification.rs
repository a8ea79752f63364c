//! Looking whether the trail is what was sealed: `telemedicine audit verify`.
//!
//! Chain after chain, seal after seal, some hundred entries at a time: what it needs of memory does not grow with the trail.
//!
//! A line that an erasure has taken a name or an address out of is not what was sealed. Of each such line `audit_redaction` holds what was sealed and
//! what is left, under a digest with the key of the seals: so a name that was taken out by anybody else, or changed, or put back, is a line that was
//! changed.

mod finding;
mod walk;

use std::fmt;

use chrono::{DateTime, Utc};

pub use self::finding::ChainFinding;
use self::walk::Walk;
use super::{chain::ChainKey, chain_name, queries::seals, short};
use crate::{
    db::{Database, DbErr},
    settings::SecretKey,
};

/// The end of a chain as it was found. Shown as one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainEnd {
    /// A hospital's id; none for the platform.
    pub chain: Option<i64>,
    /// The place of the last seal, 0 without any.
    pub seals: i64,
    /// Entries that are there as they were sealed, or as an erasure has left them.
    pub sealed: u64,
    /// Those of them from which an erasure has taken a name or an address.
    pub redacted: u64,
    /// Entries after the last seal.
    pub unsealed: u64,
    last_entry_id: i64,
    digest: Vec<u8>,
}

impl fmt::Display for ChainEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seals, sealed, redacted, unsealed, last_entry_id, .. } = self;
        let chain = chain_name(self.chain);
        write!(f, "{chain}: {sealed} sealed")?;
        if *redacted > 0 {
            write!(f, " ({redacted} of erased people)")?;
        }
        write!(f, ", {unsealed} not yet sealed")?;
        if *seals > 0 {
            write!(f, "; seal {seals} up to entry {last_entry_id}, digest {}", short(&self.digest))?;
        }
        Ok(())
    }
}

/// What is told while a trail is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// So many more entries were read: all that is in memory of them at once.
    Read(u64),
    /// Something is not as it was sealed.
    Wrong(ChainFinding),
    /// A chain was looked at to its end.
    End(ChainEnd),
}

/// Which part of the trail is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VerifyScope {
    /// Only what was sealed at this instant or later. The seal before it is taken as it stands.
    pub since: Option<DateTime<Utc>>,
    /// Only this hospital's chain.
    pub hospital: Option<i64>,
}

/// Why it could not be looked at to its end.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// There is no such hospital.
    #[error("there is no hospital {0}")]
    NoHospital(i64),
    /// The database's.
    #[error("the trail cannot be read to its end: {0}")]
    Database(#[from] DbErr),
}

/// Whether the last seal of a chain was made with `secret`; so it is said of a chain without seals.
///
/// # Errors
/// The database's.
pub(crate) async fn is_sealed_with(db: &Database, secret: &SecretKey, chain: Option<i64>) -> Result<bool, DbErr> {
    let reader = db.reader();
    let Some(head) = seals::stored_head(&reader, chain).await? else { return Ok(true) };
    let last = seals::seals_after(&reader, (chain, head.sequence - 2), 2).await?;
    let key = ChainKey::new(secret);
    Ok(match last.as_slice() {
        [before, last] => key.seal(last, &before.digest) == last.digest,
        [last] => key.seal(last, &[]) == last.digest,
        _ => true,
    })
}

/// Verifies every chain within `scope`. `report` is told as it goes on.
///
/// # Errors
/// Why not.
pub async fn verify(
    db: &Database,
    secret: &SecretKey,
    scope: VerifyScope,
    report: &mut impl FnMut(Verified),
) -> Result<(), VerifyError> {
    let reader = db.reader();
    let hospitals = seals::hospitals(&reader).await?;
    if let Some(unknown) = scope.hospital.filter(|id| !hospitals.contains(id)) {
        return Err(VerifyError::NoHospital(unknown));
    }
    let all = [None].into_iter().chain(hospitals.into_iter().map(Some));
    for chain in all.filter(|chain| scope.hospital.is_none() || *chain == scope.hospital) {
        // Before the chain is walked: the server may add to it meanwhile.
        let noted = seals::stored_head(&reader, chain).await?;
        let after = match scope.since {
            Some(since) => seals::last_before(&reader, chain, since).await?,
            None => None,
        };
        let mut walk = Walk::new((&reader, ChainKey::new(secret)), chain, after, noted);
        walk.chain(report).await?;
        if let Some(missed) = &walk.noted {
            report(Verified::Wrong(ChainFinding::End(chain, missed.sequence)));
        }
        if walk.end.seals > 0 || walk.end.unsealed > 0 {
            report(Verified::End(walk.end));
        }
    }
    Ok(())
}
