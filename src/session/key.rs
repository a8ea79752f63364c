//! The session's key, which only the browser keeps, and its hash, which is all that anybody else sees.

use std::sync::Arc;

use actix_session::storage::{SaveError, SessionKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// SHA-256 of a session key, 64 lower-case hexadecimal digits. Names a session in Redis and in `user_session`; nobody can
/// make the cookie from it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyHash(Arc<str>);

impl KeyHash {
    /// The hash of the key in a cookie.
    #[must_use]
    pub fn of(key: &SessionKey) -> Self {
        Self::of_text(key.as_ref())
    }

    /// The hash of a key that is not known to be one.
    #[must_use]
    pub fn of_text(key: &str) -> Self {
        Self(hex(&Sha256::digest(key)).into())
    }

    /// A hash that came from [`Self::text`].
    #[must_use]
    pub fn from_text(hash: Arc<str>) -> Self {
        Self(hash)
    }

    /// The digits, shared.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        Arc::clone(&self.0)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A key of 256 random bits for a session that may begin with the answer to a request. Until then nobody has it but the request.
pub struct NewKey(String);

impl NewKey {
    /// One that nobody had before.
    #[must_use]
    pub fn random() -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> KeyHash {
        KeyHash::of_text(&self.0)
    }
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewKey")
    }
}

/// A key as the middleware takes it.
pub(super) fn for_cookie(key: String) -> Result<SessionKey, SaveError> {
    key.try_into().map_err(|error: <SessionKey as TryFrom<String>>::Error| SaveError::Other(error.into()))
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}
