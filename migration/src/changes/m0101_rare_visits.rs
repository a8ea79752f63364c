//! What dashboards look for among many visits and find hardly ever: those to come of people whose account is shut, those that a corrected clock
//! moved, and those that were held and have no note. Found by these, they cost as much as there is of them; else each visit would have to be
//! looked at.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 3] = ["user_hospital_shut", "appointment_hospital_displaced", "appointment_doctor_held"];

pub(crate) const CHANGE: Change = Change { name: "m0101_rare_visits", up, down: |_| drop_indexes(&NAMES) };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        "CREATE INDEX user_hospital_shut ON \"user\" (hospital_id, role, id) WHERE NOT active".to_owned(),
        "CREATE INDEX appointment_hospital_displaced ON appointment (hospital_id, id) WHERE displaced_at IS NOT NULL"
            .to_owned(),
        // From the index alone: a month of a doctor is two hundred visits, spread over the table.
        format!(
            "CREATE INDEX appointment_doctor_held ON appointment {} WHERE status = 'completed'",
            dialect.covering("doctor_id, starts_at", "id, status, ends_at, patient_id")
        ),
    ]
}
