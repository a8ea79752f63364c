//! The second factor: what proves, beside the password, who somebody is; who must have one; and when a session's person last
//! proved who they are.

use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0041_second_factor", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        // Null in sessions that began before: their people are asked once more.
        format!("ALTER TABLE user_session ADD COLUMN {}", dialect.instant("proved_at")),
        format!(
            "ALTER TABLE hospital ADD COLUMN {} NOT NULL DEFAULT 'optional'",
            one_of("second_factor", &["optional", "staff", "everybody"])
        ),
        second_factor(dialect),
        recovery_code(dialect),
        // The codes of one person, to be used up or replaced.
        "CREATE UNIQUE INDEX recovery_code_person ON recovery_code (user_id, digest)".to_owned(),
    ]
}

fn second_factor(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE second_factor (
  {id},
  user_id bigint NOT NULL CONSTRAINT second_factor_person UNIQUE REFERENCES \"user\" (id),
  secret {bytes},
  last_step bigint NOT NULL CHECK (last_step >= 0),
  generation integer NOT NULL CHECK (generation >= 0),
  {enabled_at},
  {removal_reason},
  {stamps},
  CONSTRAINT second_factor_enabled CHECK ((secret IS NULL) = (enabled_at IS NULL))
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        enabled_at = dialect.instant("enabled_at"),
        removal_reason = text("removal_reason", 1, 255),
        stamps = dialect.stamps(),
    )
}

fn recovery_code(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE recovery_code (
  {id},
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {digest} NOT NULL,
  {used_at},
  {stamps}
)",
        id = dialect.id(),
        digest = text("digest", 64, 64),
        used_at = dialect.instant("used_at"),
        stamps = dialect.stamps(),
    )
}

fn down(_: Dialect) -> Vec<String> {
    vec![
        "DROP TABLE recovery_code".to_owned(),
        "DROP TABLE second_factor".to_owned(),
        "ALTER TABLE hospital DROP COLUMN second_factor".to_owned(),
        "ALTER TABLE user_session DROP COLUMN proved_at".to_owned(),
    ]
}
