//! The durable side of sessions.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0012_user_session", up, down: |_| drop_table("user_session") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE user_session (
  {id},
  {key_hash} NOT NULL CONSTRAINT user_session_key_hash_key UNIQUE,
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {last_seen_at} NOT NULL,
  {expires_at} NOT NULL,
  {ip} NOT NULL,
  {user_agent} NOT NULL,
  {revoked_at},
  {stamps},
  CONSTRAINT user_session_expires_later CHECK (created_at < expires_at)
)",
            id = dialect.id(),
            key_hash = text("key_hash", 64, 64),
            last_seen_at = dialect.instant("last_seen_at"),
            expires_at = dialect.instant("expires_at"),
            ip = text("ip", 0, 45),
            user_agent = text("user_agent", 0, 255),
            revoked_at = dialect.instant("revoked_at"),
            stamps = dialect.stamps(),
        ),
        // A person's own sessions, latest first, and signing all of them out.
        "CREATE INDEX user_session_user ON user_session (user_id, last_seen_at) WHERE revoked_at IS NULL".to_owned(),
        // Sweeping out what expired.
        "CREATE INDEX user_session_expiry ON user_session (expires_at)".to_owned(),
    ]
}
