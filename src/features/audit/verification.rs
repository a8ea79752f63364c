//! Looking whether the trail is what was sealed: `telemedicine audit verify`.
//!
//! Chain after chain, seal after seal, some hundred entries at a time: what it needs of memory does not grow with the trail.

use std::{collections::VecDeque, fmt};

use entity::{audit_chain_head, audit_entry, audit_seal};

use super::{
    chain::{ChainKey, SealedEntry, decode},
    chain_name,
    queries::seals,
    short,
};
use crate::{
    db::{Database, DbErr, Reader},
    settings::SecretKey,
};

/// Seals, and entries, that are read at once.
const SEALS: u64 = 20;
const ENTRIES: u64 = 500;

/// Something that is not as it was sealed. Shown as one line. The chain is a hospital's id, or none for the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFinding {
    /// The entry has another content.
    Changed(Option<i64>, i64),
    /// The entry is not there, or not in this chain.
    Gone(Option<i64>, i64),
    /// The entry was not there when its place was sealed.
    PutIn(Option<i64>, i64),
    /// The seal with this place and id is not the one that was made there.
    Seal(Option<i64>, i64, i64),
    /// The seals of these places are not there.
    SealsGone(Option<i64>, i64, i64),
    /// The seal of this place was the last one of the chain when it was made, and is not there as it was.
    End(Option<i64>, i64),
}

impl fmt::Display for ChainFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(chain, id) => write!(f, "{}: entry {id} was changed", chain_name(*chain)),
            Self::Gone(chain, id) => write!(f, "{}: entry {id} is gone", chain_name(*chain)),
            Self::PutIn(chain, id) => {
                write!(f, "{}: entry {id} was put in after its place was sealed", chain_name(*chain))
            }
            Self::Seal(chain, place, id) => {
                write!(f, "{}: seal {place} (id {id}) was changed, moved or made by other hands", chain_name(*chain))
            }
            Self::SealsGone(chain, from, to) if from == to => write!(f, "{}: seal {from} is gone", chain_name(*chain)),
            Self::SealsGone(chain, from, to) => write!(f, "{}: seals {from} to {to} are gone", chain_name(*chain)),
            Self::End(chain, place) => {
                write!(f, "{}: its end was noted at seal {place}, which is gone or another one", chain_name(*chain))
            }
        }
    }
}

/// The end of a chain as it was found. Shown as one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainEnd {
    /// A hospital's id; none for the platform.
    pub chain: Option<i64>,
    /// The place of the last seal, 0 without any.
    pub seals: i64,
    /// Entries that are there as they were sealed.
    pub sealed: u64,
    /// Entries after the last seal.
    pub unsealed: u64,
    last_entry_id: i64,
    digest: Vec<u8>,
}

impl fmt::Display for ChainEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seals, sealed, unsealed, last_entry_id, .. } = self;
        let chain = chain_name(self.chain);
        write!(f, "{chain}: {sealed} sealed, {unsealed} not yet sealed")?;
        if *seals > 0 {
            write!(f, "; seal {seals} up to entry {last_entry_id}, digest {}", short(&self.digest))?;
        }
        Ok(())
    }
}

/// Verifies every chain. `report` is given each finding as it is made, then the chain's end.
///
/// # Errors
/// The database's.
pub async fn verify(
    db: &Database,
    secret: &SecretKey,
    report: &mut impl FnMut(Result<ChainEnd, ChainFinding>),
) -> Result<(), DbErr> {
    let reader = db.reader();
    let hospitals = seals::hospitals(&reader).await?;
    for chain in [None].into_iter().chain(hospitals.into_iter().map(Some)) {
        let end = ChainEnd { chain, ..ChainEnd::default() };
        // Before the chain is walked: the server may add to it meanwhile.
        let noted = seals::stored_head(&reader, chain).await?;
        let mut walk = Walk { reader: &reader, key: ChainKey::new(secret), end, before: vec![Vec::new()], noted };
        walk.chain(report).await?;
        if let Some(missed) = &walk.noted {
            report(Err(ChainFinding::End(chain, missed.sequence)));
        }
        if walk.end.seals > 0 || walk.end.unsealed > 0 {
            report(Ok(walk.end));
        }
    }
    Ok(())
}

/// On the way along one chain.
struct Walk<'a> {
    reader: &'a Reader,
    key: ChainKey,
    end: ChainEnd,
    /// The digest of the seal before: as it stands there and, if that is wrong, as it should be. Empty when that seal is
    /// gone, so that nobody can tell.
    before: Vec<Vec<u8>>,
    /// Where the chain was noted to end, until the seal there was met.
    noted: Option<audit_chain_head::Model>,
}

impl Walk<'_> {
    async fn chain(&mut self, report: &mut impl FnMut(Result<ChainEnd, ChainFinding>)) -> Result<(), DbErr> {
        loop {
            let seals = seals::seals_after(self.reader, (self.end.chain, self.end.seals), SEALS).await?;
            if seals.is_empty() {
                break;
            }
            for seal in seals {
                self.link(&seal, report);
                self.noted.take_if(|noted| (noted.sequence, &noted.digest) == (seal.sequence, &seal.digest));
                self.entries(&seal, report).await?;
                self.end.last_entry_id = self.end.last_entry_id.max(seal.last_entry_id);
                self.end.digest = seal.digest;
            }
        }
        self.end.unsealed = seals::count_after(self.reader, self.end.chain, self.end.last_entry_id).await?;
        Ok(())
    }

    /// Looks at the seal itself, and makes it the one that the next is compared with.
    fn link(&mut self, seal: &audit_seal::Model, report: &mut impl FnMut(Result<ChainEnd, ChainFinding>)) {
        let expected = self.end.seals + 1;
        if seal.sequence > expected {
            report(Err(ChainFinding::SealsGone(self.end.chain, expected, seal.sequence - 1)));
            self.before.clear();
            // Nobody knows what they sealed, so nothing is said of entries before this one.
            self.end.last_entry_id = self.end.last_entry_id.max(seal.first_entry_id - 1);
        }
        let right: Vec<Vec<u8>> = self.before.iter().map(|before| self.key.seal(seal, before)).collect();
        let is_known = !self.before.is_empty();
        let is_right = right.contains(&seal.digest);
        if is_known && !is_right {
            report(Err(ChainFinding::Seal(self.end.chain, seal.sequence, seal.id)));
        }
        self.before = vec![seal.digest.clone()];
        self.before.extend(if is_right { Vec::new() } else { right });
        self.end.seals = seal.sequence;
    }

    /// Compares the entries of the stretch that `seal` is about with what it keeps of them.
    async fn entries(
        &mut self,
        seal: &audit_seal::Model,
        report: &mut impl FnMut(Result<ChainEnd, ChainFinding>),
    ) -> Result<(), DbErr> {
        let mut members: VecDeque<SealedEntry> = decode(&seal.members).into();
        let mut after = self.end.last_entry_id;
        loop {
            let range = (after, seal.last_entry_id);
            let entries = seals::stored_within(self.reader, self.end.chain, range, ENTRIES).await?;
            for entry in &entries {
                self.entry(entry, &mut members, report);
                after = entry.id;
            }
            if (entries.len() as u64) < ENTRIES {
                break;
            }
        }
        members.into_iter().for_each(|member| report(Err(ChainFinding::Gone(self.end.chain, member.id))));
        Ok(())
    }

    fn entry(
        &mut self,
        entry: &audit_entry::Model,
        members: &mut VecDeque<SealedEntry>,
        report: &mut impl FnMut(Result<ChainEnd, ChainFinding>),
    ) {
        while let Some(gone) = members.pop_front_if(|member| member.id < entry.id) {
            report(Err(ChainFinding::Gone(self.end.chain, gone.id)));
        }
        match members.pop_front_if(|member| member.id == entry.id) {
            None => report(Err(ChainFinding::PutIn(self.end.chain, entry.id))),
            Some(member) if member == self.key.member(entry) => self.end.sealed += 1,
            Some(_) => report(Err(ChainFinding::Changed(self.end.chain, entry.id))),
        }
    }
}
