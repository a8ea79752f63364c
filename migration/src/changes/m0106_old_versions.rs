//! Which versions of notes are old enough to be removed, without a look at all of them. Those of drafts that are too many are found by their drafts.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 1] = ["note_revision_saved"];

pub(crate) const CHANGE: Change = Change { name: "m0106_old_versions", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    vec!["CREATE INDEX note_revision_saved ON note_revision (created_at)".to_owned()]
}
