//! A word of the history for a visit that is held in another way than was agreed: `modality_changed`.
//!
//! As for the words of the trail (m0054): on Postgres the new check looks at no row that is there, and m0074 has it looked at while everybody
//! goes on; on SQLite the table is made anew.

use super::m0007_appointment::STATUSES;
use super::m0010_appointment_event::KINDS;
use super::m0070_told_times::history_on_sqlite;
use crate::change::Change;
use crate::dialect::{Dialect, list, one_of, text};

pub(crate) const CHANGE: Change = Change {
    name: "m0073_history_words",
    up: |dialect| allowing(dialect, &[&KINDS[..], &ADDED[..]].concat()),
    down: |dialect| allowing(dialect, &KINDS),
};

pub(super) const ADDED: [&str; 1] = ["modality_changed"];

const COLUMNS: &str = "id, appointment_id, actor_id, kind, from_status, to_status, note, at, created_at, updated_at, \
                       local_starts_at, proposed_local_starts_at";

/// The history takes these words, and no other.
pub(super) fn allowing(dialect: Dialect, kinds: &[&str]) -> Vec<String> {
    allowing_with(dialect, kinds, &[])
}

/// The same once the history has `more` columns: the name of each, and how it is made.
pub(super) fn allowing_with(dialect: Dialect, kinds: &[&str], more: &[(&str, &str)]) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            "ALTER TABLE appointment_event DROP CONSTRAINT appointment_event_kind_check".to_owned(),
            format!(
                "ALTER TABLE appointment_event ADD CONSTRAINT appointment_event_kind_check CHECK (kind IN ({})) NOT VALID",
                list(kinds)
            ),
        ],
        Dialect::Sqlite => made_anew(kinds, more),
    }
}

/// As m0010 made it and m0070 left it, for these words and with `more` columns.
fn table(kinds: &[&str], more: &[(&str, &str)]) -> String {
    let dialect = Dialect::Sqlite;
    let more: String = more.iter().map(|(_, made)| format!(",\n  {made}")).collect();
    format!(
        "CREATE TABLE IF NOT EXISTS appointment_event (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  actor_id bigint NOT NULL REFERENCES \"user\" (id),
  {kind} NOT NULL,
  {from_status},
  {to_status} NOT NULL,
  {note},
  {at} NOT NULL,
  {stamps},
  {starts_at},
  {proposed}{more}
)",
        id = dialect.id(),
        kind = one_of("kind", kinds),
        from_status = one_of("from_status", &STATUSES),
        to_status = one_of("to_status", &STATUSES),
        note = text("note", 1, 500),
        at = dialect.instant("at"),
        stamps = dialect.stamps(),
        starts_at = dialect.local("local_starts_at"),
        proposed = dialect.local("proposed_local_starts_at"),
    )
}

fn made_anew(kinds: &[&str], more: &[(&str, &str)]) -> Vec<String> {
    let names: Vec<&str> = more.iter().map(|(name, _)| *name).collect();
    let columns = [&[COLUMNS][..], &names].concat().join(", ");
    let copied = format!(
        "INSERT INTO appointment_event ({columns}) SELECT {columns} FROM appointment_event_before WHERE kind IN ({}) ORDER BY id",
        list(kinds)
    );
    let mut statements = vec![
        "ALTER TABLE appointment_event RENAME TO appointment_event_before".to_owned(),
        table(kinds, more),
        copied,
        // Its indexes and triggers go with it; the triggers do not run.
        "DROP TABLE appointment_event_before".to_owned(),
        "CREATE INDEX IF NOT EXISTS appointment_event_history ON appointment_event (appointment_id, at)".to_owned(),
    ];
    statements.extend(history_on_sqlite(&names));
    statements
}
