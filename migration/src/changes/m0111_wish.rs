//! The time that a patient asks for instead of that of a visit that stands, and the words for what becomes of it: of the history, and of what is told.
//!
//! As for the words before (m0107, m0110): on Postgres no row is looked at, on SQLite the tables are made anew; the history with the column that m0109 gave
//! it.

use super::m0010_appointment_event;
use super::m0073_history_words::{self, allowing_with};
use super::m0107_correction_words::{self, telling};
use super::m0109_handed_over;
use super::m0110_absence_word;
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0111_wish", up, down };

const STEPS: [&str; 3] = ["wished", "wish_refused", "wish_withdrawn"];
const TOLD: [&str; 3] = ["time_wished", "wish_refused", "wish_withdrawn"];

/// A server of the release before leaves it empty, and what stands in it as it is: whoever reads it compares where the visit stands.
fn up(dialect: Dialect) -> Vec<String> {
    let column = format!("ALTER TABLE appointment ADD COLUMN {}", dialect.instant("wished_starts_at"));
    std::iter::once(column).chain(taking(dialect, [&STEPS, &TOLD], "")).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let column = "ALTER TABLE appointment DROP COLUMN wished_starts_at".to_owned();
    taking(dialect, [&[], &[]], " NOT IN ").into_iter().chain([column]).collect()
}

/// The tables take these words beside those that they took before; what tells by `others` goes, if there can be any.
fn taking(dialect: Dialect, [steps, told]: [&[&str]; 2], others: &str) -> Vec<String> {
    let before = [&m0010_appointment_event::KINDS[..], &m0073_history_words::ADDED, &m0107_correction_words::STEPS];
    let handed_over = format!("{} bigint REFERENCES doctor (id)", m0109_handed_over::COLUMN);
    let more = [(m0109_handed_over::COLUMN, handed_over.as_str())];
    let told = [&m0110_absence_word::before()[..], &m0110_absence_word::TOLD, told].concat();
    let history = allowing_with(dialect, &[&before.concat()[..], steps].concat(), &more);
    history.into_iter().chain(telling(dialect, &told, others)).collect()
}
