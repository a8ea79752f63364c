//! Passwords as they are kept: argon2id, off the threads that serve, as many at a time as there are
//! cores. A flood of sign-ins queues here instead of taking the memory and the cores of everybody.

use std::{sync::LazyLock, thread::available_parallelism, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::Error,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use super::passwords::Password;
use crate::{settings::PasswordHashing, web::AppError};

/// How long a sign-in waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);
/// What nobody's password is hashed with, so that an unknown address costs what a known one does.
const NOBODYS_SALT: &[u8] = b"the salt of none";

static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(2, usize::from)));

/// How a password that was tried compares with the one that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PasswordVerdict {
    /// Not the one, or nobody has one.
    Wrong,
    /// The one.
    Right,
    /// The one, kept at another cost than today's: to be hashed anew.
    RightAtOldCost,
}

/// `password` as a PHC string, with a fresh salt.
///
/// # Errors
/// `Unavailable` when no turn came in time.
pub async fn hash(password: &Password, cost: PasswordHashing) -> Result<String, AppError> {
    hash_text(SecretString::from(password.expose()), cost).await
}

/// The same for a password that was kept before the rules for choosing one.
pub(super) async fn hash_text(text: SecretString, cost: PasswordHashing) -> Result<String, AppError> {
    in_turn(move || {
        let hash: PasswordHash = hasher(cost)?.hash_password(text.expose_secret().as_bytes())?;
        Ok(hash.to_string())
    })
    .await
}

/// Compares `tried` with the PHC string `stored_hash`. Takes the same time when there is none.
///
/// # Errors
/// `Unavailable` when no turn came in time.
pub(super) async fn verify(
    tried: SecretString,
    stored_hash: Option<String>,
    cost: PasswordHashing,
) -> Result<PasswordVerdict, AppError> {
    in_turn(move || {
        let hasher = hasher(cost)?;
        let tried = tried.expose_secret().as_bytes();
        let Some(stored_hash) = stored_hash.as_deref().and_then(readable) else {
            let _nobodys: PasswordHash = hasher.hash_password_with_salt(tried, NOBODYS_SALT)?;
            return Ok(PasswordVerdict::Wrong);
        };
        match hasher.verify_password(tried, &stored_hash) {
            Ok(()) if is_at_cost(&stored_hash, cost) => Ok(PasswordVerdict::Right),
            Ok(()) => Ok(PasswordVerdict::RightAtOldCost),
            Err(Error::PasswordInvalid) => Ok(PasswordVerdict::Wrong),
            Err(error) => Err(error),
        }
    })
    .await
}

async fn in_turn<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, AppError> {
    let turn = timeout(PATIENCE, TURNS.acquire())
        .await
        .map_err(|late| AppError::Unavailable(format!("too many passwords to check: {late}")))?;
    let _turn = turn.map_err(AppError::internal)?;
    spawn_blocking(work)
        .await
        .map_err(AppError::internal)?
        .map_err(|error| AppError::Internal(format!("password hashing: {error}")))
}

fn hasher(cost: PasswordHashing) -> Result<Argon2<'static>, Error> {
    let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// A hash that cannot be read is nobody's password; it is a defect, and not the visitor's to see.
fn readable(stored_hash: &str) -> Option<PasswordHash> {
    PasswordHash::new(stored_hash).map_err(|error| log::error!("a password hash cannot be read: {error}")).ok()
}

fn is_at_cost(stored_hash: &PasswordHash, cost: PasswordHashing) -> bool {
    Params::try_from(stored_hash).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (cost.memory_kib, cost.iterations, cost.parallelism)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: PasswordHashing = PasswordHashing { memory_kib: 64, iterations: 1, parallelism: 1 };
    const DEARER: PasswordHashing = PasswordHashing { memory_kib: 128, iterations: 1, parallelism: 1 };

    async fn verdict(tried: &str, stored_hash: Option<&str>, cost: PasswordHashing) -> Option<PasswordVerdict> {
        verify(SecretString::from(tried), stored_hash.map(str::to_owned), cost).await.ok()
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let stored_hash = hash_text(SecretString::from("violet-harbour-41"), CHEAP).await.unwrap_or_default();
        assert!(stored_hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored_hash}");
        assert_eq!(verdict("violet-harbour-41", Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Right));
        assert_eq!(verdict("violet-harbour-42", Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Wrong));
        assert_eq!(
            verdict("violet-harbour-41", Some(&stored_hash), DEARER).await,
            Some(PasswordVerdict::RightAtOldCost)
        );
    }

    #[tokio::test]
    async fn what_cannot_be_compared_is_wrong() {
        assert_eq!(verdict("violet-harbour-41", None, CHEAP).await, Some(PasswordVerdict::Wrong));
        assert_eq!(verdict("violet-harbour-41", Some("not a hash"), CHEAP).await, Some(PasswordVerdict::Wrong));
    }
}
