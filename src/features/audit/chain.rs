//! What a seal is made of: a keyed digest for each entry, and one over all of them and the seal before.
//!
//! Whoever can write to the database and does not have `SECRET_KEY` can break a seal, never make one: all digests are
//! HMAC-SHA-256 under a key derived from it.

use entity::{audit_entry, audit_redaction, audit_seal};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::words;
use crate::{access::role_code, settings::SecretKey};

/// The bytes of an entry's digest that a seal keeps.
const ENTRY_DIGEST: usize = 16;
/// The bytes of one member: the entry's id and its digest.
const MEMBER: usize = 8 + ENTRY_DIGEST;

/// One entry as a seal keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SealedEntry {
    /// `audit_entry.id`
    pub(super) id: i64,
    digest: [u8; ENTRY_DIGEST],
}

impl SealedEntry {
    /// What stands for the content of the entry.
    pub(super) fn digest(&self) -> &[u8] {
        &self.digest
    }
}

/// The key of all seals.
#[derive(Clone)]
pub(super) struct ChainKey(Hmac<Sha256>);

impl ChainKey {
    /// The same on every instance with this secret.
    pub(super) fn new(secret: &SecretKey) -> Self {
        Self(Hmac::new((&secret.derive("audit seals")).into()))
    }

    /// What a seal keeps of `entry`: any change of any column gives another.
    pub(super) fn member(&self, entry: &audit_entry::Model) -> SealedEntry {
        let mut text = self.text("entry");
        text.number(entry.id).number(entry.at.timestamp_micros()).number(entry.actor_id);
        text.word(&entry.actor_name).word(role_code(entry.actor_role)).optional(entry.hospital_id);
        text.word(entry.ip.as_deref().unwrap_or_default());
        text.word(words::action(entry.action).0).word(words::subject(entry.subject_kind).0).number(entry.subject_id);
        text.json(&entry.detail);
        text.number(entry.created_at.timestamp_micros()).number(entry.updated_at.timestamp_micros());
        let mut digest = [0; ENTRY_DIGEST];
        digest.iter_mut().zip(text.digest()).for_each(|(target, byte)| *target = byte);
        SealedEntry { id: entry.id, digest }
    }

    /// The digest that `seal` must have after one with the digest `previous` (empty for the first).
    pub(super) fn seal(&self, seal: &audit_seal::Model, previous: &[u8]) -> Vec<u8> {
        let mut text = self.text("seal");
        text.optional(seal.hospital_id).number(seal.sequence).bytes(previous);
        text.number(seal.first_entry_id).number(seal.last_entry_id).number(seal.entry_count.into());
        text.number(seal.sealed_at.timestamp_micros()).bytes(&seal.members);
        text.digest().to_vec()
    }

    /// The digest of what an erasure notes of an entry: what was sealed of it, and what is left.
    pub(super) fn redaction(&self, entry_id: i64, sealed: &[u8], redacted: &[u8]) -> Vec<u8> {
        let mut text = self.text("redaction");
        text.number(entry_id).bytes(sealed).bytes(redacted);
        text.digest().to_vec()
    }

    /// Whether `redaction` says, and says with this key, that `entry` is what an erasure has left of what was sealed.
    pub(super) fn explains(
        &self,
        redaction: &audit_redaction::Model,
        entry: &audit_entry::Model,
        sealed: &SealedEntry,
    ) -> bool {
        let left = self.member(entry);
        redaction.entry_id == entry.id
            && redaction.sealed == sealed.digest
            && redaction.redacted == left.digest
            && redaction.digest == self.redaction(entry.id, &sealed.digest, &left.digest)
    }

    fn text(&self, purpose: &str) -> Canonical {
        let mut text = Canonical(self.0.clone());
        text.word(purpose);
        text
    }
}

impl std::fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ChainKey")
    }
}

/// Members as one value, in order.
pub(super) fn encode(members: &[SealedEntry]) -> Vec<u8> {
    members.iter().flat_map(|member| member.id.to_be_bytes().into_iter().chain(member.digest)).collect()
}

/// The members in such a value; what is no whole member is left out, and the seal's own digest tells of it.
pub(super) fn decode(members: &[u8]) -> Vec<SealedEntry> {
    let member = |bytes: &[u8]| {
        let (id, digest) = bytes.split_first_chunk::<8>()?;
        Some(SealedEntry { id: i64::from_be_bytes(*id), digest: digest.try_into().ok()? })
    };
    members.chunks_exact(MEMBER).filter_map(member).collect()
}

/// Values in one order and one form, each part preceded by its length, so that no two rows read alike.
struct Canonical(Hmac<Sha256>);

impl Canonical {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn word(&mut self, word: &str) -> &mut Self {
        self.bytes(word.as_bytes())
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn optional(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.bytes(&[]),
        }
    }

    /// The databases keep the keys of an object in orders of their own.
    fn json(&mut self, value: &Value) {
        match value {
            Value::Object(parts) => {
                let mut names: Vec<&String> = parts.keys().collect();
                names.sort();
                self.word("object").number(i64::try_from(names.len()).unwrap_or(i64::MAX));
                for name in names {
                    self.word(name);
                    self.json(parts.get(name).unwrap_or(&Value::Null));
                }
            }
            Value::Array(items) => {
                self.word("array").number(i64::try_from(items.len()).unwrap_or(i64::MAX));
                items.iter().for_each(|item| self.json(item));
            }
            Value::String(text) => {
                self.word("text").word(text);
            }
            other => {
                self.word("other").word(&other.to_string());
            }
        }
    }

    fn digest(self) -> [u8; 32] {
        self.0.finalize().into_bytes().into()
    }
}
