//! The session state that handlers see: names and values, the values in JSON as the middleware keeps them.

use std::collections::HashMap;

use actix_session::{Session, SessionInsertError};

use super::{KeyHash, NewKey, SessionCopy};

/// `user.id`, a number.
pub const USER_ID: &str = "user_id";
/// SHA-256 of the session's key, 64 hexadecimal digits. Set by the store.
pub const KEY_HASH: &str = "key_hash";
/// `user_session.id`, a number. Set by the store.
pub const SESSION_ID: &str = "session_id";
/// `hospital.id` of the person, or null; not there as long as nobody has looked. Set by the store.
pub const HOSPITAL_ID: &str = "hospital_id";
/// The key of the session that begins, for the store, which hands it to the middleware.
const NEW_KEY: &str = "new_key";

/// Signs a person in: when the request is answered, its browser gets the key of the session that [`super::Sessions::open`] has begun for them, and
/// the session that it came with, if any, is over. To be called after every sign-in, and again when password or rights change.
///
/// # Errors
/// Only if a value cannot be written as JSON.
pub fn begin(session: &Session, user_id: i64, key: &NewKey) -> Result<(), SessionInsertError> {
    session.clear();
    session.renew();
    session.insert(USER_ID, user_id)?;
    session.insert(NEW_KEY, key.text())
}

/// Signs the browser out when the request is answered.
pub fn end(session: &Session) {
    session.purge();
}

pub(super) fn of(copy: &SessionCopy, hash: &KeyHash) -> HashMap<String, String> {
    let mut state = of_nobody(hash);
    state.reserve(3);
    state.insert(USER_ID.to_owned(), copy.user_id.to_string());
    state.insert(SESSION_ID.to_owned(), copy.session_id.to_string());
    let hospital = copy.hospital_id.map_or_else(|| "null".to_owned(), |id| id.to_string());
    state.insert(HOSPITAL_ID.to_owned(), hospital);
    state
}

/// Which session the browser names, and nothing about whether there is one.
pub(super) fn of_nobody(hash: &KeyHash) -> HashMap<String, String> {
    HashMap::from([(KEY_HASH.to_owned(), ["\"", hash.as_str(), "\""].concat())])
}

pub(super) fn user_id(state: &HashMap<String, String>) -> Option<i64> {
    state.get(USER_ID)?.parse().ok()
}

/// The key that [`begin`] has put there.
pub(super) fn new_key(state: &HashMap<String, String>) -> Option<String> {
    serde_json::from_str(state.get(NEW_KEY)?).ok()
}

/// The first `length` characters of `text` as a row keeps them.
pub(super) fn cut(text: &str, length: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(length).collect()
}
