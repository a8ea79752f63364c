//! The indexes of the dashboards as they are read now, each for the query named with it. Only made here, beside those that they replace:
//! a change that also dropped some would keep readers out until all were built.

use super::m0015_appointment_indexes::OPEN;
use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

pub(crate) const CHANGE: Change = Change { name: "m0033_open_visit_indexes", up, down };

const INDEXES: [&str; 4] = [
    "appointment_doctor_open_visits",
    "appointment_patient_open_visits",
    "appointment_patient_starts",
    "appointment_hospital_starts",
];

fn up(dialect: Dialect) -> Vec<String> {
    // All that is open of a doctor or of a patient, for their dashboards, from the index alone, however long the archive; a
    // doctor's list of what needs an outcome, in its order; who is busy when.
    let open = |column: &str| dialect.covering(&format!("{column}, starts_at"), "id, status, ends_at");
    // Today at a hospital from the index alone; a hospital's whole list.
    let hospital_time = dialect.covering("hospital_id, starts_at", "id, status, ends_at");
    vec![
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
    ]
}

fn down(_: Dialect) -> Vec<String> {
    drop_indexes(&INDEXES)
}
