//! The secret part of a calendar's address. Of it a digest is kept, under a key of the site: whoever reads the database, or a copy of it, can
//! read no calendar. The digest is of that and of the instant at which the person's browsers were last forgotten: whatever ends all sessions of an
//! account at once ends the address too, which somebody who should not have come in may have made.

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::settings::SecretKey;

/// 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CalendarSecret(pub(super) [u8; 32]);

impl CalendarSecret {
    /// Another than all before.
    pub(super) fn new() -> Self {
        Self(rand::random())
    }

    /// What is kept of it, for somebody with this `user.browsers_forgotten_at`.
    pub(super) fn digest(&self, key: &SecretKey, forgotten_at: Option<DateTime<Utc>>) -> Vec<u8> {
        self.mac(key, forgotten_at).finalize().into_bytes().to_vec()
    }

    /// Whether that is what is kept of it. Takes the same time whatever is wrong.
    pub(super) fn is_of(&self, key: &SecretKey, (digest, forgotten_at): (&[u8], Option<DateTime<Utc>>)) -> bool {
        self.mac(key, forgotten_at).verify_slice(digest).is_ok()
    }

    fn mac(&self, key: &SecretKey, forgotten_at: Option<DateTime<Utc>>) -> Hmac<Sha256> {
        let mut mac: Hmac<Sha256> = Hmac::new((&key.derive("calendar links")).into());
        mac.update(&self.0);
        if let Some(instant) = forgotten_at {
            mac.update(&instant.timestamp_micros().to_be_bytes());
        }
        mac
    }
}
