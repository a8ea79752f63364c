//! What a request needs of a session, kept where it is quicker to have than from the row.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::KeyHash;
use super::rows::StoredSession;
use crate::coherence::{Basis, Topic};

/// A session as far as a request needs it. Times are whole seconds. It is believed only while its person's topic has the stamp that it
/// had before the row was read: whatever ends a session gives that topic a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCopy {
    /// `user_session.id`.
    pub session_id: i64,
    /// `user.id`.
    pub user_id: i64,
    /// `hospital.id` of theirs; none of whoever runs the platform. Whatever moves a person touches their topic as well.
    pub hospital_id: Option<i64>,
    /// As in the row when the copy was made.
    pub last_seen_at: DateTime<Utc>,
    /// The absolute limit.
    pub expires_at: DateTime<Utc>,
    /// What it was made from: [`Topic::Account`] of the person.
    pub basis: Basis,
}

/// Signs copies that leave the process: whoever can write to Redis must not be able to make themselves somebody else.
pub(super) struct Signer(Hmac<Sha256>);

/// First field: a copy of another layout is not one.
const VERSION: &str = "3";

/// In place of a hospital's id.
const NONE: &str = "-";

impl SessionCopy {
    pub(super) fn of(StoredSession { row, hospital_id }: &StoredSession, basis: Basis) -> Self {
        let (session_id, user_id, hospital_id) = (row.id, row.user_id, *hospital_id);
        Self { session_id, user_id, hospital_id, last_seen_at: row.last_seen_at, expires_at: row.expires_at, basis }
    }

    /// One line of text for the session of this hash, signed.
    pub(super) fn encode(&self, hash: &KeyHash, signer: &Signer) -> Option<String> {
        let [(_, stamp)] = self.basis.stamps.as_slice() else { return None };
        let (epoch, stamp) = (std::str::from_utf8(&self.basis.epoch).ok()?, std::str::from_utf8(stamp).ok()?);
        let (seen, expires) = (self.last_seen_at.timestamp(), self.expires_at.timestamp());
        let (session, user) = (self.session_id, self.user_id);
        let hospital = self.hospital_id.map_or_else(|| NONE.to_owned(), |id| id.to_string());
        let fields = format!("{VERSION} {epoch} {stamp} {session} {user} {hospital} {seen} {expires}");
        let signature = signer.sign(hash, &fields);
        Some(format!("{fields} {signature}"))
    }

    /// The copy in `bytes` if it is one of the session of this hash that was signed here.
    pub(super) fn decode(bytes: &[u8], hash: &KeyHash, signer: &Signer) -> Option<Self> {
        let (fields, signature) = std::str::from_utf8(bytes).ok()?.rsplit_once(' ')?;
        if !signer.is_signed(hash, fields, signature) {
            return None;
        }
        let mut fields = fields.split(' ');
        if fields.next()? != VERSION {
            return None;
        }
        let (epoch, stamp) = (fields.next()?.to_owned(), fields.next()?.to_owned());
        let number = |field: &str| field.parse::<i64>().ok();
        let (session_id, user_id) = (number(fields.next()?)?, number(fields.next()?)?);
        let hospital_id = match fields.next()? {
            NONE => None,
            id => Some(number(id)?),
        };
        let (seen, expires) = (number(fields.next()?)?, number(fields.next()?)?);
        let stamps = vec![(Topic::Account(user_id), Bytes::from(stamp))];
        Some(Self {
            session_id,
            user_id,
            hospital_id,
            last_seen_at: DateTime::from_timestamp(seen, 0)?,
            expires_at: DateTime::from_timestamp(expires, 0)?,
            basis: Basis { epoch: epoch.into(), stamps, until: None },
        })
    }
}

impl Signer {
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(key).ok().map(Self)
    }

    fn mac(&self, hash: &KeyHash, fields: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(hash.as_str().as_bytes());
        mac.update(b" ");
        mac.update(fields.as_bytes());
        mac
    }

    fn sign(&self, hash: &KeyHash, fields: &str) -> String {
        self.mac(hash, fields).finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn is_signed(&self, hash: &KeyHash, fields: &str, signature: &str) -> bool {
        let bytes = (0..signature.len() / 2)
            .map(|at| signature.get(at * 2..at * 2 + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()));
        bytes.collect::<Option<Vec<u8>>>().is_some_and(|bytes| self.mac(hash, fields).verify_slice(&bytes).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(key: u8) -> Signer {
        Signer::new(&[key; 64]).unwrap_or_else(|| panic!("a key"))
    }

    fn copy() -> SessionCopy {
        SessionCopy {
            session_id: 7,
            user_id: 5,
            hospital_id: Some(3),
            last_seen_at: DateTime::from_timestamp(1_900_000_000, 0).unwrap_or_default(),
            expires_at: DateTime::from_timestamp(1_900_040_000, 0).unwrap_or_default(),
            basis: Basis {
                epoch: "e.1.2".into(),
                stamps: vec![(Topic::Account(5), Bytes::from_static(b"s1"))],
                until: None,
            },
        }
    }

    #[test]
    fn a_copy_is_one_only_of_its_session_and_under_the_key() {
        let (mine, other) = (KeyHash::of_text("mine"), KeyHash::of_text("other"));
        let line = copy().encode(&mine, &signer(1)).unwrap_or_default();
        assert_eq!(SessionCopy::decode(line.as_bytes(), &mine, &signer(1)), Some(copy()));
        let of_the_platform = SessionCopy { hospital_id: None, ..copy() };
        let its_line = of_the_platform.encode(&mine, &signer(1)).unwrap_or_default();
        assert_eq!(SessionCopy::decode(its_line.as_bytes(), &mine, &signer(1)), Some(of_the_platform));
        assert_eq!(SessionCopy::decode(line.as_bytes(), &other, &signer(1)), None, "another session");
        assert_eq!(SessionCopy::decode(line.as_bytes(), &mine, &signer(2)), None, "another key");
        let forged = line.replace(" 5 ", " 6 ");
        assert_eq!(SessionCopy::decode(forged.as_bytes(), &mine, &signer(1)), None, "another person");
        for bytes in ["", "-", "3 e1 s1 7 5 3 1 2", "3 e1 s1 7 5 3 1 2 xy"] {
            assert_eq!(SessionCopy::decode(bytes.as_bytes(), &mine, &signer(1)), None, "{bytes:?}");
        }
    }
}
