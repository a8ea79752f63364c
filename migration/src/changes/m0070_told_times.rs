//! The times that an event or a notification is about, as the clock showed them when it happened.
//!
//! The visit's row says when it is today. What was asked for, proposed or moved before cannot be read from it: the line about a proposal would
//! tell the time that was accepted since. Rows that are there already say nothing, and are told by today's times as before.
//!
//! They are times on a wall, without a zone: of the hospital's clock, as everybody concerned was told them, whatever its zone is
//! corrected to later.
//!
//! A step of the history may not change but lose its note (m0056). On Postgres it is compared as a whole; on SQLite column by column, so the trigger
//! is made anew with the new ones.

use super::m0056_erasure::refusing;
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0070_told_times", up, down };

const TABLES: [&str; 2] = ["appointment_event", "notification"];
const COLUMNS: [&str; 2] = ["local_starts_at", "proposed_local_starts_at"];

/// What of a step stays as it is, in the order of m0056.
const KEPT: [&str; 9] =
    ["id", "appointment_id", "actor_id", "kind", "from_status", "to_status", "at", "created_at", "updated_at"];

fn up(dialect: Dialect) -> Vec<String> {
    // New columns that may be empty: no row is rewritten or looked at, and servers of the release before leave them so.
    let of_table = |table| COLUMNS.map(|column| format!("ALTER TABLE {table} ADD COLUMN {}", dialect.local(column)));
    let added = TABLES.into_iter().flat_map(of_table);
    let all: Vec<&str> = KEPT.into_iter().chain(COLUMNS).collect();
    added.chain(kept(dialect, &all)).collect()
}

/// The rule for SQLite that these columns of a step stay.
fn kept(dialect: Dialect, columns: &[&str]) -> Vec<String> {
    match dialect {
        Dialect::Postgres => Vec::new(),
        Dialect::Sqlite => vec!["DROP TRIGGER appointment_event_no_update".to_owned(), rule(columns)],
    }
}

fn rule(columns: &[&str]) -> String {
    let same: Vec<String> = columns.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect();
    format!(
        "CREATE TRIGGER IF NOT EXISTS appointment_event_no_update BEFORE update ON appointment_event FOR EACH ROW WHEN NOT (
    {}
    AND NEW.note IS NULL
    AND EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)
  )
BEGIN
  SELECT RAISE(ABORT, 'appointment_event is append-only');
END",
        same.join(" AND ")
    )
}

/// The same for a later change, by which a step has `more` columns that stay.
pub(super) fn staying(dialect: Dialect, more: &[&str]) -> Vec<String> {
    kept(dialect, &[&KEPT[..], &COLUMNS, more].concat())
}

/// What SQLite refuses of the history of visits from here on, for a change that makes that table anew, by when a step has `more` columns that stay.
pub(super) fn history_on_sqlite(more: &[&str]) -> Vec<String> {
    vec![
        rule(&[&KEPT[..], &COLUMNS, more].concat()),
        refusing("appointment_event_no_delete", "delete", "appointment_event", ""),
    ]
}

fn down(dialect: Dialect) -> Vec<String> {
    let of_table = |table| COLUMNS.map(|column| format!("ALTER TABLE {table} DROP COLUMN {column}"));
    kept(dialect, &KEPT).into_iter().chain(TABLES.into_iter().flat_map(of_table)).collect()
}
