//! By which of their sessions somebody is in a room, and by which other one: whoever leaves with the laptop is still there with the telephone. Null
//! in rows of before, which are taken for those of whoever is heard of next.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0100_devices_in_room", up, down };

const COLUMNS: [&str; 3] = ["session_id", "other_session_id", "other_until"];

fn up(dialect: Dialect) -> Vec<String> {
    let types = ["session_id bigint".to_owned(), "other_session_id bigint".to_owned(), dialect.instant("other_until")];
    types.iter().map(|column| format!("ALTER TABLE visit_presence ADD COLUMN {column}")).collect()
}

fn down(_: Dialect) -> Vec<String> {
    COLUMNS.iter().rev().map(|column| format!("ALTER TABLE visit_presence DROP COLUMN {column}")).collect()
}
