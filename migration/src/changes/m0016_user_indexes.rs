//! The indexes that lists of people and the counts of people read, each for the query named with it.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 4] = ["user_hospital_name", "user_hospital_newest", "user_role_name", "user_role_active"];

pub(crate) const CHANGE: Change = Change { name: "m0016_user_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        // `/doctors`, `/patients`: a hospital's people of one role by name.
        "CREATE INDEX user_hospital_name ON \"user\" (hospital_id, role, last_name, id)",
        // A hospital's count of active doctors and patients, and the newest five of them. Ids grow
        // with time, so the newest are the highest; those of the platform come from the primary key.
        "CREATE INDEX user_hospital_newest ON \"user\" (hospital_id, role, id) WHERE active",
        // `/admins`: the platform's people of one role by name.
        "CREATE INDEX user_role_name ON \"user\" (role, last_name, id)",
        // The platform's counts of active admins, doctors and patients.
        "CREATE INDEX user_role_active ON \"user\" (role) WHERE active",
    ]
    .map(str::to_owned)
    .to_vec()
}
