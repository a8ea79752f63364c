//! The indexes of the dashboards as they are read now, each for the query named with it. What was counted in visits until now is
//! kept (`m0030` to `m0032`), and the indexes for it go. A server of the release before finds all its answers meanwhile, some
//! of them later.

use super::m0015_appointment_indexes::OPEN;
use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

pub(crate) const CHANGE: Change = Change { name: "m0033_open_visit_indexes", up, down };

const NEW: [&str; 4] = [
    "appointment_doctor_open_visits",
    "appointment_patient_open_visits",
    "appointment_patient_starts",
    "appointment_hospital_starts",
];
const GONE: [&str; 5] = [
    "appointment_doctor_open",
    "appointment_patient_time",
    "appointment_hospital_time",
    "appointment_doctor_patient",
    "user_role_active",
];

fn up(dialect: Dialect) -> Vec<String> {
    // All that is open of a doctor or of a patient, for their dashboards, from the index alone, however long the archive; a
    // doctor's list of what needs an outcome, in its order; who is busy when.
    let open = |column: &str| dialect.covering(&format!("{column}, starts_at"), "id, status, ends_at");
    // Today at a hospital from the index alone; a hospital's whole list.
    let hospital_time = dialect.covering("hospital_id, starts_at", "id, status, ends_at");
    let mut statements = drop_indexes(&GONE);
    statements.extend([
        format!(
            "CREATE INDEX appointment_doctor_open_visits ON appointment {} WHERE status IN {OPEN}",
            open("doctor_id")
        ),
        format!(
            "CREATE INDEX appointment_patient_open_visits ON appointment {} WHERE status IN {OPEN}",
            open("patient_id")
        ),
        // A patient's whole list.
        "CREATE INDEX appointment_patient_starts ON appointment (patient_id, starts_at)".to_owned(),
        format!("CREATE INDEX appointment_hospital_starts ON appointment {hospital_time}"),
    ]);
    statements
}

/// As `m0015` and `m0016` made them.
fn down(dialect: Dialect) -> Vec<String> {
    let doctor_open = dialect.covering("doctor_id, status, starts_at", "ends_at");
    let patient_time = dialect.covering("patient_id, starts_at", "status, ends_at, doctor_id");
    let hospital_time = dialect.covering("hospital_id, starts_at", "status");
    let mut statements = drop_indexes(&NEW);
    statements.extend([
        format!("CREATE INDEX appointment_doctor_open ON appointment {doctor_open} WHERE status IN {OPEN}"),
        format!("CREATE INDEX appointment_patient_time ON appointment {patient_time}"),
        format!("CREATE INDEX appointment_hospital_time ON appointment {hospital_time}"),
        "CREATE INDEX appointment_doctor_patient ON appointment (doctor_id, patient_id, status)".to_owned(),
        "CREATE INDEX user_role_active ON \"user\" (role) WHERE active".to_owned(),
    ]);
    statements
}
