//! Passkeys: what a device proves with a key of its own, beside the password; and the challenges that wait for an answer.

use crate::change::Change;
use crate::dialect::{Dialect, text};

pub(crate) const CHANGE: Change = Change { name: "m0052_passkey", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        passkey(dialect),
        // The passkeys of one person, in the order in which they were added.
        "CREATE INDEX passkey_person ON passkey (user_id, id)".to_owned(),
        challenge(dialect),
        // The challenges of one person, of which those that are over go when the next is made.
        "CREATE INDEX passkey_challenge_person ON passkey_challenge (user_id, expires_at)".to_owned(),
    ]
}

fn passkey(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE passkey (
  {id},
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  credential_id {bytes} NOT NULL CONSTRAINT passkey_credential UNIQUE CHECK (length(credential_id) BETWEEN 16 AND 1023),
  user_handle {bytes} NOT NULL CHECK (length(user_handle) = 16),
  {name} NOT NULL,
  public_key {bytes} NOT NULL,
  state {bytes} NOT NULL,
  sign_count bigint NOT NULL CHECK (sign_count >= 0),
  transports integer NOT NULL CHECK (transports BETWEEN 0 AND 255),
  {last_used_at},
  {copied_at},
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        name = text("name", 1, 60),
        last_used_at = dialect.instant("last_used_at"),
        copied_at = dialect.instant("copied_at"),
        stamps = dialect.stamps(),
    )
}

fn challenge(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE passkey_challenge (
  {id},
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {binding} NOT NULL,
  {challenge} NOT NULL CONSTRAINT passkey_challenge_text UNIQUE,
  state {bytes} NOT NULL,
  {expires_at} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        binding = text("binding", 64, 64),
        challenge = text("challenge", 32, 32),
        expires_at = dialect.instant("expires_at"),
        stamps = dialect.stamps(),
    )
}

fn down(_: Dialect) -> Vec<String> {
    vec!["DROP TABLE passkey_challenge".to_owned(), "DROP TABLE passkey".to_owned()]
}
