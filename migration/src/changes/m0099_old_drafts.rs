//! Of a draft, versions that a newer one stands for may go as well: else a draft that is never signed keeps each of them for ever. The newest stays,
//! as all did by m0077.

use super::m0077_note_rules::{keeping_all_but, may_go};
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0099_old_drafts", up, down };

const HAS_A_NEWER_ONE: &str =
    "EXISTS (SELECT 1 FROM note_revision AS newer WHERE newer.note_id = OLD.note_id AND newer.version > OLD.version)";

/// On Postgres the trigger stays, and calls what the function says now. On SQLite it is made anew, `IF NOT EXISTS`: a connection that did not drop it
/// itself believes that it is there until it looks.
fn instead(dialect: Dialect, may_go: &str) -> Vec<String> {
    let made = keeping_all_but(dialect, may_go);
    match dialect {
        Dialect::Sqlite => vec![
            "DROP TRIGGER note_revision_no_delete".to_owned(),
            made.replacen("CREATE TRIGGER ", "CREATE TRIGGER IF NOT EXISTS ", 1),
        ],
        Dialect::Postgres => vec![made],
    }
}

fn up(dialect: Dialect) -> Vec<String> {
    instead(dialect, &format!("{} OR {HAS_A_NEWER_ONE}", may_go()))
}

fn down(dialect: Dialect) -> Vec<String> {
    instead(dialect, &may_go())
}
