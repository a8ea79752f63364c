//! Passwords as they are kept: argon2id, off the threads that serve, as many at a time as there are
//! cores. A flood of sign-ins queues here instead of taking the memory and the cores of everybody, and each place has its turn
//! ([`Turns`]): a few that keep the queue full hold nobody else up for longer than one hash each.

use std::{sync::LazyLock, thread::available_parallelism, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, PasswordHash, PasswordHasher, PasswordVerifier, Version, password_hash::Error,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{task::spawn_blocking, time::timeout};

use super::passwords::Password;
use crate::{
    integrations::BreachedPasswords,
    settings::PasswordHashing,
    state::AppState,
    text::nfkc,
    web::{
        AppError,
        rate_limit::{ClientNetwork, Turns},
    },
};

/// How long a sign-in waits for its turn before it is told to come again.
const PATIENCE: Duration = Duration::from_secs(10);
/// What nobody's password is hashed with, so that an unknown address costs what a known one does.
const NOBODYS_SALT: &[u8] = b"the salt of none";

/// What those who find the queue full are told to wait, in seconds.
const COME_AGAIN: u64 = 2;

static TURNS: LazyLock<Turns> = LazyLock::new(|| Turns::new(available_parallelism().map_or(2, usize::from)));

/// How a password that was tried compares with the one that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PasswordVerdict {
    /// Not the one, or nobody has one.
    Wrong,
    /// The one.
    Right,
    /// The one, kept at another cost than today's, or as it was typed instead of normalised: to be hashed anew.
    RightAsOfOld,
}

/// When a password is hashed, and at what cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct HashingTurn {
    /// Whose turn it has to be.
    pub(super) place: ClientNetwork,
    pub(super) cost: PasswordHashing,
}

/// What stands between a password that was chosen and its hash.
#[derive(Clone, Copy, Debug)]
pub struct HashingRules<'a> {
    /// What the hash costs.
    pub cost: PasswordHashing,
    /// Those that nobody may have.
    pub breached: &'a BreachedPasswords,
}

/// What is said beside the field of a password that was in a breach.
pub(crate) const BREACHED: &str =
    "This password is known from a breach of another site, where others will have found it. Choose another.";

/// Why a password was not hashed.
#[derive(Debug, thiserror::Error)]
pub enum PasswordNotHashed {
    /// It was in a breach: others try it first.
    #[error("{BREACHED}")]
    Breached,
    /// Anything else.
    #[error("{0}")]
    Failed(#[from] AppError),
}

/// `password` as a PHC string, with a fresh salt, unless it is one of those from breaches. There is no other way to store one that
/// somebody chose.
///
/// # Errors
/// [`PasswordNotHashed::Breached`]; `Unavailable` when no turn came in time, or the list of those from breaches cannot be read: a password of
/// which nobody knows whether it is on it is not taken.
pub async fn hash(password: &Password, rules: HashingRules<'_>) -> Result<String, PasswordNotHashed> {
    hash_for(ClientNetwork::of_the_server(), password, rules).await
}

/// The same as the server is configured, when it is the turn of `place`.
///
/// # Errors
/// Those of [`hash`], and `TooManyRequests` when too many wait.
pub(crate) async fn hash_chosen(
    state: &AppState,
    place: ClientNetwork,
    password: &Password,
) -> Result<String, PasswordNotHashed> {
    let cost = state.settings.security.password_hashing;
    hash_for(place, password, HashingRules { cost, breached: &state.breached_passwords }).await
}

async fn hash_for(
    place: ClientNetwork,
    password: &Password,
    HashingRules { cost, breached }: HashingRules<'_>,
) -> Result<String, PasswordNotHashed> {
    let (text, list) = (SecretString::from(password.expose()), breached.clone());
    let hashed = in_turn(place, move || match list.holds(text.expose_secret()) {
        Ok(true) => Ok(Ok(None)),
        Ok(false) => Ok(Ok(Some(hashing(text, cost)()?))),
        Err(unreadable) => Ok(Err(unreadable)),
    });
    match hashed.await? {
        Ok(hash) => hash.ok_or(PasswordNotHashed::Breached),
        Err(unreadable) => {
            let reason = format!("{breached} (BREACHED_PASSWORDS) cannot be read: {unreadable}");
            log::error!("{reason}");
            Err(AppError::Unavailable(reason).into())
        }
    }
}

/// The same for a password that was kept before the rules for choosing one. Normalised (NFKC): what looks the same is typed in several
/// ways, depending on the keyboard.
pub(super) async fn hash_text(
    HashingTurn { place, cost }: HashingTurn,
    text: SecretString,
) -> Result<String, AppError> {
    in_turn(place, hashing(text, cost)).await
}

fn hashing(text: SecretString, cost: PasswordHashing) -> impl FnOnce() -> Result<String, Error> + Send + 'static {
    move || {
        let hash: PasswordHash = hasher(cost)?.hash_password(nfkc(text.expose_secret()).as_bytes())?;
        Ok(hash.to_string())
    }
}

/// Compares `tried` with the PHC string `stored_hash`, when it is its turn: normalised, and if that is another text, as it was
/// typed, for hashes from before passwords were normalised. Takes the same time when there is no hash.
///
/// # Errors
/// `TooManyRequests` when too many wait; `Unavailable` when no turn came in time.
pub(super) async fn verify(
    HashingTurn { place, cost }: HashingTurn,
    tried: SecretString,
    stored_hash: Option<String>,
) -> Result<PasswordVerdict, AppError> {
    in_turn(place, move || {
        let hasher = hasher(cost)?;
        let normalised = nfkc(tried.expose_secret());
        let stored_hash = stored_hash.as_deref().and_then(readable);
        let is_right = is_it(&hasher, normalised.as_bytes(), stored_hash.as_ref())?;
        // What is typed decides whether there is a second look, whoever's password it is tried for.
        let differs = *normalised != *tried.expose_secret();
        let is_right_as_typed =
            differs && !is_right && is_it(&hasher, tried.expose_secret().as_bytes(), stored_hash.as_ref())?;
        let is_at_cost = stored_hash.is_some_and(|stored_hash| is_at_cost(&stored_hash, cost));
        Ok(match (is_right, is_right_as_typed) {
            (true, _) if is_at_cost => PasswordVerdict::Right,
            (false, false) => PasswordVerdict::Wrong,
            _ => PasswordVerdict::RightAsOfOld,
        })
    })
    .await
}

/// Whether the hash is that of `tried`. As much work when there is none.
fn is_it(hasher: &Argon2<'_>, tried: &[u8], stored_hash: Option<&PasswordHash>) -> Result<bool, Error> {
    let Some(stored_hash) = stored_hash else {
        let _nobodys: PasswordHash = hasher.hash_password_with_salt(tried, NOBODYS_SALT)?;
        return Ok(false);
    };
    match hasher.verify_password(tried, stored_hash) {
        Ok(()) => Ok(true),
        Err(Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(error),
    }
}

async fn in_turn<T: Send + 'static>(
    place: ClientNetwork,
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, AppError> {
    let turn = timeout(PATIENCE, TURNS.take(place))
        .await
        .map_err(|late| AppError::Unavailable(format!("too many passwords to check: {late}")))?;
    let turn = turn.map_err(|_full| AppError::TooManyRequests(COME_AGAIN))?;
    // Goes with the work: a browser that hangs up does not end it.
    let working = move || {
        let _turn = turn;
        work()
    };
    spawn_blocking(working)
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

    fn at(cost: PasswordHashing) -> HashingTurn {
        HashingTurn { place: ClientNetwork::of_the_server(), cost }
    }

    async fn verdict(tried: &str, stored_hash: Option<&str>, cost: PasswordHashing) -> Option<PasswordVerdict> {
        verify(at(cost), SecretString::from(tried), stored_hash.map(str::to_owned)).await.ok()
    }

    #[tokio::test]
    async fn only_the_password_itself_is_right() {
        let stored_hash = hash_text(at(CHEAP), SecretString::from("violet-harbour-41")).await.unwrap_or_default();
        assert!(stored_hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{stored_hash}");
        assert_eq!(verdict("violet-harbour-41", Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Right));
        assert_eq!(verdict("violet-harbour-42", Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Wrong));
        assert_eq!(verdict("violet-harbour-41", Some(&stored_hash), DEARER).await, Some(PasswordVerdict::RightAsOfOld));
    }

    #[tokio::test]
    async fn a_password_is_the_same_on_every_keyboard() {
        let (composed, apart) = ("zo\u{eb} in the harbour", "zoe\u{308} in the harbour");
        let stored_hash = hash_text(at(CHEAP), SecretString::from(apart)).await.unwrap_or_default();
        assert_eq!(verdict(composed, Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Right));
        assert_eq!(verdict(apart, Some(&stored_hash), CHEAP).await, Some(PasswordVerdict::Right));
        // As it was kept before: by what the keyboard sent.
        let kept =
            |hasher: Argon2<'_>| hasher.hash_password(apart.as_bytes()).map(|hash: PasswordHash| hash.to_string());
        let old = hasher(CHEAP).and_then(kept).unwrap_or_default();
        assert_eq!(verdict(apart, Some(&old), CHEAP).await, Some(PasswordVerdict::RightAsOfOld));
        assert_eq!(verdict("zoe in the harbour", Some(&old), CHEAP).await, Some(PasswordVerdict::Wrong));
    }

    #[tokio::test]
    async fn what_cannot_be_compared_is_wrong() {
        assert_eq!(verdict("violet-harbour-41", None, CHEAP).await, Some(PasswordVerdict::Wrong));
        assert_eq!(verdict("violet-harbour-41", Some("not a hash"), CHEAP).await, Some(PasswordVerdict::Wrong));
    }
}
