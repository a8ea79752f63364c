//! Words of the trail for what is done with second factors, so that it can be looked for: added, removed, shown and refused ones, and recovery
//! codes.
//!
//! As for the words before (m0054): on Postgres the new check looks at no row that is there, and m0081 has it looked at while everybody goes on;
//! on SQLite the table is made anew.

use super::m0013_audit_entry::ACTIONS;
use super::m0054_trail_words::{self, allowing};
use super::m0056_erasure::trail_on_sqlite;
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change {
    name: "m0080_factor_words",
    up: |dialect| made(dialect, &[&ACTIONS[..], &m0054_trail_words::ADDED[..], &ADDED[..]].concat()),
    down: |dialect| made(dialect, &[&ACTIONS[..], &m0054_trail_words::ADDED[..]].concat()),
};

const ADDED: [&str; 5] = [
    "second_factor_added",
    "second_factor_removed",
    "second_factor_used",
    "second_factor_refused",
    "recovery_codes_made",
];

fn made(dialect: Dialect, actions: &[&str]) -> Vec<String> {
    let mut statements = allowing(dialect, actions);
    if dialect == Dialect::Sqlite {
        statements.extend(trail_on_sqlite());
    }
    statements
}
