//! When all browsers that were known for an account were forgotten: whoever signs out everywhere, or chooses another password, means those too.
//!
//! It is part of what the cookie of a known browser is signed over. Null says that it never happened, for which the signature is the one of
//! before: no browser is forgotten by this change.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0079_browsers_forgotten", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!("ALTER TABLE \"user\" ADD COLUMN {}", dialect.instant("browsers_forgotten_at"))]
}

fn down(_: Dialect) -> Vec<String> {
    vec!["ALTER TABLE \"user\" DROP COLUMN browsers_forgotten_at".to_owned()]
}
