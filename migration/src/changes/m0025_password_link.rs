//! Links by which people choose a password.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of};

pub(crate) const CHANGE: Change = Change { name: "m0025_password_link", up, down: |_| drop_table("password_link") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE password_link (
  {id},
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {purpose} NOT NULL,
  {expires_at} NOT NULL,
  {ended_at},
  {stamps},
  CONSTRAINT password_link_expires_later CHECK (created_at < expires_at)
)",
            id = dialect.id(),
            purpose = one_of("purpose", &["invitation", "reset"]),
            expires_at = dialect.instant("expires_at"),
            ended_at = dialect.instant("ended_at"),
            stamps = dialect.stamps(),
        ),
        // A person's links that still work, when one of them is used or another takes their place.
        "CREATE INDEX password_link_open ON password_link (user_id) WHERE ended_at IS NULL".to_owned(),
        // Removing what was over long ago.
        "CREATE INDEX password_link_expiry ON password_link (expires_at)".to_owned(),
    ]
}
