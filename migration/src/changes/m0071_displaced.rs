//! Visits that a corrected clock has left at another time than the one that was promised, because another visit is in the way of that.
//!
//! `telemedicine zones reanchor` and whoever corrects a zone know which they are, and only at that moment: neither database has the rules of zones by
//! which the rows could be asked later.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0071_displaced", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!("ALTER TABLE appointment ADD COLUMN {}", dialect.instant("displaced_at"))]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["ALTER TABLE appointment DROP COLUMN displaced_at".to_owned()]
}
