//! What the two who meet write to each other about a visit, how far each has read it, and for how long a hospital lets patients write after a visit.

use super::m0059_tables_written_all_day::{CHANGED, set};
use crate::change::Change;
use crate::dialect::{Dialect, text};

pub(crate) const CHANGE: Change = Change { name: "m0082_message", up, down };

const DAYS: &str = "message_days IS NOT NULL AND message_days BETWEEN 0 AND 365";

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![
        message(dialect),
        "CREATE INDEX message_thread ON message (appointment_id, id)".to_owned(),
        read(dialect),
        // Somebody's threads, and those of them in which there is something new.
        "CREATE INDEX message_read_user ON message_read (user_id, latest_id)".to_owned(),
        "CREATE INDEX message_read_unread ON message_read (user_id, appointment_id) WHERE last_read_id < newest_id"
            .to_owned(),
    ];
    statements.extend(dialect.checked_column("hospital", ["message_days", "integer NOT NULL DEFAULT 14", DAYS]));
    if dialect == Dialect::Postgres {
        statements.extend(["message", "message_read"].map(|table| set(table, CHANGED)));
    }
    statements
}

fn message(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE message (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  sender_id bigint NOT NULL REFERENCES \"user\" (id),
  {body} NOT NULL,
  {token} NOT NULL,
  {retracted_at},
  {stamps},
  CONSTRAINT message_token UNIQUE (sender_id, token)
)",
        id = dialect.id(),
        body = text("body", 1, 4000),
        token = text("token", 1, 64),
        retracted_at = dialect.instant("retracted_at"),
        stamps = dialect.stamps(),
    )
}

/// One for each of the two, from the first message on.
fn read(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE message_read (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  last_read_id bigint NOT NULL CHECK (last_read_id >= 0),
  {read_at},
  newest_id bigint NOT NULL CHECK (newest_id >= 0),
  latest_id bigint NOT NULL,
  {stamps},
  CONSTRAINT message_read_person UNIQUE (appointment_id, user_id),
  CONSTRAINT message_read_latest CHECK (newest_id <= latest_id)
)",
        id = dialect.id(),
        read_at = dialect.instant("read_at"),
        stamps = dialect.stamps(),
    )
}

fn down(dialect: Dialect) -> Vec<String> {
    let mut statements = match dialect {
        Dialect::Postgres => vec!["ALTER TABLE hospital DROP CONSTRAINT hospital_message_days_check".to_owned()],
        Dialect::Sqlite => Vec::new(),
    };
    statements.extend(
        ["ALTER TABLE hospital DROP COLUMN message_days", "DROP TABLE message_read", "DROP TABLE message"]
            .map(str::to_owned),
    );
    statements
}
