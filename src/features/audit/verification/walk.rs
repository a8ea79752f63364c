//! Along one chain, from a seal to its end.

use std::collections::{HashMap, VecDeque};

use entity::{audit_chain_head, audit_entry, audit_redaction, audit_seal};

use super::{ChainEnd, ChainFinding, Verified};
use crate::{
    db::{DbErr, Reader},
    features::audit::{
        chain::{ChainKey, SealedEntry, decode},
        queries::seals::{self, EntryRange},
    },
};

/// Seals, and entries, that are read at once. A seal holds what came in a minute, often a handful: entries are read ahead, over as many seals as they
/// belong to.
const SEALS: u64 = 100;
const ENTRIES: u64 = 1_000;

/// On the way along one chain.
pub(super) struct Walk<'a> {
    reader: &'a Reader,
    key: ChainKey,
    pub(super) end: ChainEnd,
    /// The digest of the seal before: as it stands there and, if that is wrong, as it should be. Empty when that seal is
    /// gone, so that nobody can tell.
    before: Vec<Vec<u8>>,
    /// Where the chain was noted to end, until the seal there was met.
    pub(super) noted: Option<audit_chain_head::Model>,
    ahead: Ahead,
}

/// Entries that were read and not looked at yet.
#[derive(Default)]
struct Ahead {
    entries: VecDeque<audit_entry::Model>,
    /// All up to this id were read.
    up_to: i64,
    /// Those of the seals at hand end here.
    last: i64,
}

/// An entry that is not as it was sealed: its place among the findings, and what the seal keeps of it.
struct Differing {
    entry: audit_entry::Model,
    sealed: SealedEntry,
}

impl<'a> Walk<'a> {
    /// From behind the seal `after`, which is taken as it stands; from the beginning without one.
    pub(super) fn new(
        (reader, key): (&'a Reader, ChainKey),
        chain: Option<i64>,
        after: Option<audit_seal::Model>,
        noted: Option<audit_chain_head::Model>,
    ) -> Self {
        let mut end = ChainEnd { chain, ..ChainEnd::default() };
        let is_ahead = |noted: &audit_chain_head::Model, after: &audit_seal::Model| {
            noted.sequence > after.sequence || (noted.sequence == after.sequence && noted.digest != after.digest)
        };
        let noted = noted.filter(|noted| after.as_ref().is_none_or(|after| is_ahead(noted, after)));
        let before = vec![after.as_ref().map(|after| after.digest.clone()).unwrap_or_default()];
        if let Some(after) = after {
            (end.seals, end.last_entry_id, end.digest) = (after.sequence, after.last_entry_id, after.digest);
        }
        let ahead = Ahead { up_to: end.last_entry_id, ..Ahead::default() };
        Self { reader, key, end, before, noted, ahead }
    }

    pub(super) async fn chain(&mut self, report: &mut impl FnMut(Verified)) -> Result<(), DbErr> {
        loop {
            let seals = seals::seals_after(self.reader, (self.end.chain, self.end.seals), SEALS).await?;
            let Some(last) = seals.iter().map(|seal| seal.last_entry_id).max() else { break };
            self.ahead.last = last;
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
    fn link(&mut self, seal: &audit_seal::Model, report: &mut impl FnMut(Verified)) {
        let expected = self.end.seals + 1;
        if seal.sequence > expected {
            report(Verified::Wrong(ChainFinding::SealsGone(self.end.chain, expected, seal.sequence - 1)));
            self.before.clear();
            // Nobody knows what they sealed, so nothing is said of entries before this one.
            self.end.last_entry_id = self.end.last_entry_id.max(seal.first_entry_id - 1);
        }
        let right: Vec<Vec<u8>> = self.before.iter().map(|before| self.key.seal(seal, before)).collect();
        let is_known = !self.before.is_empty();
        let is_right = right.contains(&seal.digest);
        if is_known && !is_right {
            report(Verified::Wrong(ChainFinding::Seal(self.end.chain, seal.sequence, seal.id)));
        }
        self.before = vec![seal.digest.clone()];
        self.before.extend(if is_right { Vec::new() } else { right });
        self.end.seals = seal.sequence;
    }

    /// Compares the entries of the stretch that `seal` is about with what it keeps of them.
    async fn entries(&mut self, seal: &audit_seal::Model, report: &mut impl FnMut(Verified)) -> Result<(), DbErr> {
        let mut members: VecDeque<SealedEntry> = decode(&seal.members).into();
        let mut differing = Vec::new();
        while let Some(entry) = self.next(seal.last_entry_id, report).await? {
            while let Some(gone) = members.pop_front_if(|member| member.id < entry.id) {
                report(Verified::Wrong(ChainFinding::Gone(self.end.chain, gone.id)));
            }
            match members.pop_front_if(|member| member.id == entry.id) {
                None => report(Verified::Wrong(ChainFinding::PutIn(self.end.chain, entry.id))),
                Some(sealed) if sealed == self.key.member(&entry) => self.end.sealed += 1,
                Some(sealed) => differing.push(Differing { entry, sealed }),
            }
        }
        self.judge(differing, report).await?;
        members.into_iter().for_each(|member| report(Verified::Wrong(ChainFinding::Gone(self.end.chain, member.id))));
        Ok(())
    }

    /// The next entry of the chain, up to that id.
    async fn next(
        &mut self,
        last_id: i64,
        report: &mut impl FnMut(Verified),
    ) -> Result<Option<audit_entry::Model>, DbErr> {
        let passed = self.end.last_entry_id;
        while self.ahead.entries.pop_front_if(|entry| entry.id <= passed).is_some() {}
        if self.ahead.entries.is_empty() && self.ahead.up_to < last_id {
            let range = EntryRange { after: self.ahead.up_to.max(passed), last_id: self.ahead.last };
            let read = seals::stored_within(self.reader, self.end.chain, range, ENTRIES).await?;
            let is_full = read.len() as u64 == ENTRIES;
            report(Verified::Read(read.len() as u64));
            self.ahead.up_to = read.last().filter(|_| is_full).map_or(self.ahead.last, |entry| entry.id);
            self.ahead.entries = read.into();
        }
        Ok(self.ahead.entries.pop_front_if(|entry| entry.id <= last_id))
    }

    /// Some have lost a name by an erasure, which has noted so; all others were changed.
    async fn judge(&mut self, differing: Vec<Differing>, report: &mut impl FnMut(Verified)) -> Result<(), DbErr> {
        if differing.is_empty() {
            return Ok(());
        }
        let ids = differing.iter().map(|differing| differing.entry.id).collect();
        let noted = seals::redactions(self.reader, ids).await?;
        let noted: HashMap<i64, audit_redaction::Model> =
            noted.into_iter().map(|redaction| (redaction.entry_id, redaction)).collect();
        for Differing { entry, sealed } in differing {
            if noted.get(&entry.id).is_some_and(|redaction| self.key.explains(redaction, &entry, &sealed)) {
                self.end.sealed += 1;
                self.end.redacted += 1;
            } else {
                report(Verified::Wrong(ChainFinding::Changed(self.end.chain, entry.id)));
            }
        }
        Ok(())
    }
}
