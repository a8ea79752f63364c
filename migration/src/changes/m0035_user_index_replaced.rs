//! Without the index for counting people by role, which `hospital_tally` keeps now (`m0032`). By itself: together with those of
//! visits it would wait for pages that wait for it.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

pub(crate) const CHANGE: Change = Change { name: "m0035_user_index_replaced", up, down };

fn up(_: Dialect) -> Vec<String> {
    drop_indexes(&["user_role_active"])
}

/// As `m0016` made it.
fn down(_: Dialect) -> Vec<String> {
    vec!["CREATE INDEX user_role_active ON \"user\" (role) WHERE active".to_owned()]
}
