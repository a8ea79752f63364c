//! Visits that are handed over to another doctor: the history keeps with whom they were, and both who are concerned are told.
//!
//! On SQLite the history is compared column by column, so its trigger is made anew (m0070).

use super::m0070_told_times::staying;
use super::m0093_told_words;
use super::m0107_correction_words::{self, telling};
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0109_handed_over", up, down };

pub(super) const COLUMN: &str = "from_doctor_id";
pub(super) const TOLD: [&str; 1] = ["appointment_handed_over"];

/// A server that hands nothing over writes steps without it.
fn up(dialect: Dialect) -> Vec<String> {
    let told = [&m0093_told_words::ADDED[..], &m0107_correction_words::TOLD[..], &TOLD[..]].concat();
    let column = format!("ALTER TABLE appointment_event ADD COLUMN {COLUMN} bigint REFERENCES doctor (id)");
    [column].into_iter().chain(staying(dialect, &[COLUMN])).chain(telling(dialect, &told, "")).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let told = [&m0093_told_words::ADDED[..], &m0107_correction_words::TOLD[..]].concat();
    let column = format!("ALTER TABLE appointment_event DROP COLUMN {COLUMN}");
    telling(dialect, &told, " NOT IN ").into_iter().chain(staying(dialect, &[])).chain([column]).collect()
}
