//! The indexes that `/audit` reads when it is narrowed, each for the query named with it. Newest first, as the page shows
//! them; counting needs the index alone.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 3] = ["audit_entry_actor", "audit_entry_hospital_action", "audit_entry_action"];

pub(crate) const CHANGE: Change = Change { name: "m0022_audit_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(dialect: Dialect) -> Vec<String> {
    // What one person did; the hospital is carried along, for it decides what an administrator may see.
    let actor = dialect.covering("actor_id, at, id", "hospital_id");
    vec![
        format!("CREATE INDEX audit_entry_actor ON audit_entry {actor}"),
        // One kind of act in a hospital.
        "CREATE INDEX audit_entry_hospital_action ON audit_entry (hospital_id, action, at, id)".to_owned(),
        // One kind of act on the whole platform.
        "CREATE INDEX audit_entry_action ON audit_entry (action, at, id)".to_owned(),
    ]
}
