//! A word for what the desk is told: that an absence was recorded over visits.
//!
//! As for the words before (m0107): on Postgres no row is looked at, on SQLite the tables are made anew.

use super::m0093_told_words;
use super::m0107_correction_words::{self, telling};
use super::m0109_handed_over;
use crate::change::Change;

pub(crate) const CHANGE: Change = Change {
    name: "m0110_absence_word",
    up: |dialect| telling(dialect, &[&before()[..], &TOLD[..]].concat(), ""),
    down: |dialect| telling(dialect, &before(), " NOT IN "),
};

pub(super) const TOLD: [&str; 1] = ["absence_recorded"];

/// The words that both tables take beside the first ones.
pub(super) fn before() -> Vec<&'static str> {
    [&m0093_told_words::ADDED[..], &m0107_correction_words::TOLD[..], &m0109_handed_over::TOLD[..]].concat()
}
