//! The one password of all tests.

use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use telemedicine::settings::PasswordHashing;

/// The lowest cost there is.
pub(crate) const CHEAPEST: PasswordHashing = PasswordHashing { memory_kib: 8, iterations: 1, parallelism: 1 };

/// Everybody's password.
pub(crate) const PASSWORD: &str = "quiet river under the hill";

/// Its hash at that cost, made once for all tests.
pub(super) static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| {
    let params = Params::new(CHEAPEST.memory_kib, CHEAPEST.iterations, CHEAPEST.parallelism, None).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});
