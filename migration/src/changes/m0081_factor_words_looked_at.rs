//! That each row of the trail obeys its check: Postgres is to know it, and reads the table once, while everybody goes on.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0081_factor_words_looked_at", up, down: |_| Vec::new() };

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec!["ALTER TABLE audit_entry VALIDATE CONSTRAINT audit_entry_action_check".to_owned()],
        Dialect::Sqlite => Vec::new(),
    }
}
