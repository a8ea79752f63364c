//! The secret part of a calendar's address. Of it a digest is kept, under a key of the site: whoever reads the database, or a copy of it, can
//! read no calendar.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::settings::SecretKey;

/// `{id}-{43 letters, digits, - and _}`, as an address has it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CalendarToken {
    /// `calendar_link.id`
    pub(super) id: i64,
    pub(super) secret: CalendarSecret,
}

/// 32 random bytes.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct CalendarSecret(Vec<u8>);

impl CalendarSecret {
    /// Another than all before.
    pub(super) fn new() -> Self {
        Self(rand::random::<[u8; 32]>().to_vec())
    }

    /// What is kept of it.
    pub(super) fn digest(&self, key: &SecretKey) -> Vec<u8> {
        self.mac(key).finalize().into_bytes().to_vec()
    }

    /// Whether that is what is kept of it. Takes the same time whatever is wrong.
    pub(super) fn is_of(&self, key: &SecretKey, digest: &[u8]) -> bool {
        self.mac(key).verify_slice(digest).is_ok()
    }

    fn mac(&self, key: &SecretKey) -> Hmac<Sha256> {
        let mut mac: Hmac<Sha256> = Hmac::new((&key.derive("calendar links")).into());
        mac.update(&self.0);
        mac
    }
}

impl CalendarToken {
    /// From an address; nothing for what is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.split_once('-')?;
        Some(Self { id: id.parse().ok()?, secret: CalendarSecret(BASE64_URL_SAFE_NO_PAD.decode(secret).ok()?) })
    }

    /// As an address has it.
    pub(super) fn text(&self) -> String {
        format!("{}-{}", self.id, BASE64_URL_SAFE_NO_PAD.encode(&self.secret.0))
    }
}
