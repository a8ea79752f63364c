//! Common passwords, by digest: of each the first eight bytes of its SHA-256, in their order.
//!
//! The list is that of the package `@zxcvbn-ts/language-common` 4.1.3, whose licence is `common.license.txt`: 49,000 of the passwords that
//! are most frequent in published breaches. `tests/common_passwords.mjs` makes the digests of it. Few of them are as long as a password must be
//! here: they count as well with digits and signs around them, which is how people make a short one long enough.

use sha2::{Digest as _, Sha256};

const DIGESTS: &[u8] = include_bytes!("common.digests");
/// Of each digest.
const BYTES: usize = 8;
/// More digits and signs than these around a common password are no longer guessed with it.
pub(super) const TRIMMINGS: usize = 10;

/// Whether `text`, which is folded, is one of them.
pub(super) fn holds(text: &str) -> bool {
    let digest = Sha256::digest(text.as_bytes());
    let (digests, _) = DIGESTS.as_chunks::<BYTES>();
    digest.first_chunk::<BYTES>().is_some_and(|digest| digests.binary_search(digest).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let (digests, rest) = DIGESTS.as_chunks::<BYTES>();
        assert!(rest.is_empty() && digests.len() >= 10_000, "{} passwords", digests.len());
        assert!(digests.is_sorted_by(|one, other| one < other));
        for common in ["password", "qwerty123456", "1qaz2wsx3edc", "leavemealone", "finalfantasy", "sunshine"] {
            assert!(holds(common), "{common}");
        }
        assert!(!holds("violet-harbour-41") && !holds(""));
    }
}
