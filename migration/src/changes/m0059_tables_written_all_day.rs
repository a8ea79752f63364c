//! How Postgres keeps the tables that are written all day: with room on each page for the next form of a row, and tidied by how much was written
//! instead of by a fifth of all that is there. With its own settings a table of five million visits is left with a million dead rows before anybody
//! comes, and counts read what an index could have told. SQLite has nothing of the kind.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change {
    name: "m0059_tables_written_all_day",
    up: |dialect| each(dialect, set),
    down: |dialect| each(dialect, reset),
};

/// Rows are changed: a tenth of each page is left for that, and what died is cleared after one row in fifty.
pub(super) const CHANGED: &str =
    "fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02";
/// A few rows that are changed again and again.
const COUNTERS: &str = "fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500";
/// Rows come and stay: pages are marked as seen by all after one row in fifty.
pub(super) const GROWING: &str = "autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02";
/// Rows come and go.
const PASSING: &str = "autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000";

const TABLES: [(&str, &str); 14] = [
    ("appointment", CHANGED),
    ("notification", CHANGED),
    ("mail", CHANGED),
    ("user_session", CHANGED),
    ("\"user\"", CHANGED),
    ("care_relation", CHANGED),
    ("doctor_tally", COUNTERS),
    ("hospital_tally", COUNTERS),
    ("audit_chain_head", COUNTERS),
    ("cache_instance", COUNTERS),
    ("cache_outbox", PASSING),
    ("appointment_event", GROWING),
    ("audit_entry", GROWING),
    ("audit_seal", GROWING),
];

fn each(dialect: Dialect, statement: fn(&str, &str) -> String) -> Vec<String> {
    match dialect {
        Dialect::Postgres => TABLES.iter().map(|(table, settings)| statement(table, settings)).collect(),
        Dialect::Sqlite => Vec::new(),
    }
}

pub(super) fn set(table: &str, settings: &str) -> String {
    format!("ALTER TABLE {table} SET ({settings})")
}

pub(super) fn reset(table: &str, settings: &str) -> String {
    let names: Vec<&str> = settings.split(", ").filter_map(|setting| setting.split(" = ").next()).collect();
    format!("ALTER TABLE {table} RESET ({})", names.join(", "))
}
