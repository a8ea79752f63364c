//! Without the indexes of visits that `m0033` replaced, and those for what is kept now instead of counted (`m0030` to `m0032`). A server of
//! the release before finds all its answers without them, some of them later.

use super::m0015_appointment_indexes::OPEN;
use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

pub(crate) const CHANGE: Change = Change { name: "m0034_visit_indexes_replaced", up, down };

const GONE: [&str; 4] =
    ["appointment_doctor_open", "appointment_patient_time", "appointment_hospital_time", "appointment_doctor_patient"];

fn up(_: Dialect) -> Vec<String> {
    drop_indexes(&GONE)
}

/// As `m0015` made them.
fn down(dialect: Dialect) -> Vec<String> {
    let doctor_open = dialect.covering("doctor_id, status, starts_at", "ends_at");
    let patient_time = dialect.covering("patient_id, starts_at", "status, ends_at, doctor_id");
    let hospital_time = dialect.covering("hospital_id, starts_at", "status");
    vec![
        format!("CREATE INDEX appointment_doctor_open ON appointment {doctor_open} WHERE status IN {OPEN}"),
        format!("CREATE INDEX appointment_patient_time ON appointment {patient_time}"),
        format!("CREATE INDEX appointment_hospital_time ON appointment {hospital_time}"),
        "CREATE INDEX appointment_doctor_patient ON appointment (doctor_id, patient_id, status)".to_owned(),
    ]
}
