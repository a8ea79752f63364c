//! What each process tells the others of itself: its version, and a digest that tells its secret from another one.

use crate::change::Change;
use crate::dialect::{Dialect, text};

pub(crate) const CHANGE: Change = Change { name: "m0050_instance_identity", up, down };

fn up(_: Dialect) -> Vec<String> {
    // Null: of a release that does not tell it.
    ["version", "key_fingerprint"]
        .map(|column| format!("ALTER TABLE cache_instance ADD COLUMN {}", text(column, 1, 64)))
        .to_vec()
}

fn down(_: Dialect) -> Vec<String> {
    ["key_fingerprint", "version"].map(|column| format!("ALTER TABLE cache_instance DROP COLUMN {column}")).to_vec()
}
