//! Links that prove who reads an address, and accounts whose address nobody has proved yet.

use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0043_address_link", up, down };

/// Whoever has an account already is taken at their word: the column is null for them.
fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE address_link (
  {id},
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {purpose} NOT NULL,
  {address} NOT NULL,
  asked_by bigint NOT NULL REFERENCES \"user\" (id),
  {expires_at} NOT NULL,
  {ended_at},
  {stamps},
  CONSTRAINT address_link_expires_later CHECK (created_at < expires_at)
)",
            id = dialect.id(),
            purpose = one_of("purpose", &["proof", "change", "way_back"]),
            address = text("address", 3, 254),
            expires_at = dialect.instant("expires_at"),
            ended_at = dialect.instant("ended_at"),
            stamps = dialect.stamps(),
        ),
        // A person's links that still work: the newest change is the one that waits.
        "CREATE INDEX address_link_open ON address_link (user_id, id) WHERE ended_at IS NULL".to_owned(),
        // Removing what was over long ago.
        "CREATE INDEX address_link_expiry ON address_link (expires_at)".to_owned(),
        format!("ALTER TABLE \"user\" ADD COLUMN {}", dialect.instant("address_unproved_since")),
    ]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["ALTER TABLE \"user\" DROP COLUMN address_unproved_since".to_owned(), "DROP TABLE address_link".to_owned()]
}
