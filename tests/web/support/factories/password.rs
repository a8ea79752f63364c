//! The one password of all tests.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "quiet river under the hill";

/// Its hash at the lowest cost there is, made once for all tests.
pub(super) static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| {
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    hasher.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});
