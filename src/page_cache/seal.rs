//! Pages that leave the process are sealed: they hold names and times, and Redis is not where those belong.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

const NONCE: usize = 24;

/// XChaCha20-Poly1305 under a key derived from `SECRET_KEY`. Its nonce is long enough to be random under one key for ever: with one of 96
/// bits, as AES-GCM has, the busiest site would come near to using one twice within a year. The page's key is authenticated
/// with it, so that whoever can write to Redis can neither change a page nor put one person's in another's place.
#[derive(Clone)]
pub(super) struct Seal(XChaCha20Poly1305);

impl Seal {
    /// `None` unless the key has 32 bytes.
    #[must_use]
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        XChaCha20Poly1305::new_from_slice(key).ok().map(Self)
    }

    /// Seals `plain` for the page `key`: a random nonce, then the ciphertext with its tag.
    #[must_use]
    pub(super) fn close(&self, key: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE] = rand::random();
        let mut sealed = nonce.to_vec();
        sealed.extend(self.0.encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: key }).ok()?);
        Some(sealed)
    }

    /// What was sealed for this page, if that is what it is.
    #[must_use]
    pub(super) fn open(&self, key: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        self.0.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: key }).ok()
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_page_under_the_same_key_can_be_opened() {
        let (Some(seal), Some(other)) = (Seal::new(&[7; 32]), Seal::new(&[8; 32])) else {
            panic!("32 bytes are a key");
        };
        let sealed = seal.close(b"mine", b"secret").unwrap_or_default();
        assert_eq!(seal.open(b"mine", &sealed).as_deref(), Some(&b"secret"[..]));
        assert!(!sealed.windows(6).any(|part| part == b"secret"));
        assert_eq!(seal.open(b"yours", &sealed), None);
        assert_eq!(other.open(b"mine", &sealed), None);
        assert_eq!(seal.open(b"mine", sealed.get(1..).unwrap_or_default()), None);
        assert_eq!(seal.open(b"mine", b""), None);
        assert!(Seal::new(&[1; 16]).is_none());
    }
}
