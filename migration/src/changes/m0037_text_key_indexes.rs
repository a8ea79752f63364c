//! What lists of people are read by, and what keeps hospitals and licences apart however they were typed: the indexes of the keys that
//! [`super::m0036_text_keys`] adds.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 7] = [
    "user_hospital_name_key",
    "user_role_name_key",
    "user_without_key",
    "hospital_name_key_key",
    "hospital_without_key",
    "doctor_license_key_key",
    "doctor_without_key",
];

pub(crate) const CHANGE: Change = Change { name: "m0037_text_key_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        // `/doctors`, `/patients`: a hospital's people of one role by name.
        "CREATE INDEX user_hospital_name_key ON \"user\" (hospital_id, role, name_key, id)",
        // `/admins`: the platform's people of one role by name.
        "CREATE INDEX user_role_name_key ON \"user\" (role, name_key, id)",
        // Whose keys have yet to be made: none, nearly always.
        "CREATE INDEX user_without_key ON \"user\" (id) WHERE name_key IS NULL",
        // Nulls are unlike each other: whoever has no key yet is in nobody's way.
        "CREATE UNIQUE INDEX hospital_name_key_key ON hospital (name_key)",
        "CREATE INDEX hospital_without_key ON hospital (id) WHERE name_key IS NULL",
        "CREATE UNIQUE INDEX doctor_license_key_key ON doctor (license_key)",
        "CREATE INDEX doctor_without_key ON doctor (id) WHERE license_key IS NULL",
    ]
    .map(str::to_owned)
    .to_vec()
}
