//! How Postgres keeps the tables of visits and notes that are written all day, as m0059 does with those before them.

use super::m0059_tables_written_all_day::{CHANGED, GROWING, reset, set};
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change {
    name: "m0078_visits_written_all_day",
    up: |dialect| each(dialect, set),
    down: |dialect| each(dialect, reset),
};

/// For as long as a visit lasts, each sign of life changes its row again.
const BEATING: &str = "fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000";

const TABLES: [(&str, &str); 5] = [
    ("visit", CHANGED),
    ("visit_presence", BEATING),
    ("note", CHANGED),
    ("note_revision", GROWING),
    ("note_addendum", GROWING),
];

fn each(dialect: Dialect, statement: fn(&str, &str) -> String) -> Vec<String> {
    match dialect {
        Dialect::Postgres => TABLES.iter().map(|(table, settings)| statement(table, settings)).collect(),
        Dialect::Sqlite => Vec::new(),
    }
}
