//! Secrets in the database are sealed: whoever reads it, or a copy of it, can make no codes.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use super::Secret;
use crate::settings::SecretKey;

const NONCE: usize = 24;
const PURPOSE: &str = "second factors";

/// The secret of this person under a key of the site: a random nonce, then the ciphertext with its tag. The person is authenticated with it,
/// so that nobody who can write to the database puts one's in another's place.
pub(in crate::features::accounts) fn close(key: &SecretKey, user_id: i64, secret: &Secret) -> Option<Vec<u8>> {
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: secret.bytes(), aad: &user_id.to_be_bytes() };
    let mut sealed = nonce.to_vec();
    sealed.extend(cipher(key)?.encrypt(&XNonce::from(nonce), payload).ok()?);
    Some(sealed)
}

/// What was sealed for this person under this key, if that is what it is.
pub(in crate::features::accounts) fn open(key: &SecretKey, user_id: i64, sealed: &[u8]) -> Option<Secret> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let payload = Payload { msg: sealed, aad: &user_id.to_be_bytes() };
    let opened = cipher(key)?.decrypt(&XNonce::from(*nonce), payload).ok()?;
    Secret::of(&opened)
}

fn cipher(key: &SecretKey) -> Option<XChaCha20Poly1305> {
    key.derive(PURPOSE).get(..32).and_then(|key| XChaCha20Poly1305::new_from_slice(key).ok())
}
