//! The indexes that the appointment pages and the dashboards read, each for the query named with it.
//!
//! `requested_by` has none on purpose: nothing looks an appointment up by it, and people are never
//! deleted, so its foreign key is never checked from the other side.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

/// The states that somebody still has to do something about: few rows, whatever the archive holds.
pub(super) const OPEN: &str = "('requested', 'proposed', 'scheduled', 'confirmed', 'waiting', 'in_progress')";

const NAMES: [&str; 7] = [
    "appointment_doctor_time",
    "appointment_patient_time",
    "appointment_hospital_status",
    "appointment_hospital_time",
    "appointment_doctor_open",
    "appointment_doctor_patient",
    "appointment_hospital_requests",
];

pub(crate) const CHANGE: Change = Change { name: "m0015_appointment_indexes", up, down: |_| drop_indexes(&NAMES) };

fn up(dialect: Dialect) -> Vec<String> {
    // A patient's figures (upcoming, requests, proposed, completed, doctors) from the index alone.
    let patient_time = dialect.covering("patient_id, starts_at", "status, ends_at, doctor_id");
    // Today's board, visits today by status, a hospital's whole list: one stretch of time, any status.
    let hospital_time = dialect.covering("hospital_id, starts_at", "status");
    // A doctor's waiting, requests, needs-outcome and next 24 hours: the doctor's open rows only.
    let doctor_open = dialect.covering("doctor_id, status, starts_at", "ends_at");
    vec![
        // A doctor's agenda, a day's free times, a doctor's whole list.
        "CREATE INDEX appointment_doctor_time ON appointment (doctor_id, starts_at)".to_owned(),
        format!("CREATE INDEX appointment_patient_time ON appointment {patient_time}"),
        // A hospital's list filtered by status; its counts of waiting and requested.
        "CREATE INDEX appointment_hospital_status ON appointment (hospital_id, status, starts_at)"
            .to_owned(),
        format!("CREATE INDEX appointment_hospital_time ON appointment {hospital_time}"),
        format!(
            "CREATE INDEX appointment_doctor_open ON appointment {doctor_open} WHERE status IN {OPEN}"
        ),
        // A doctor's own patients (not rejected), and how many different ones were seen (completed).
        "CREATE INDEX appointment_doctor_patient ON appointment (doctor_id, patient_id, status)"
            .to_owned(),
        // A hospital's requests that wait longest.
        "CREATE INDEX appointment_hospital_requests ON appointment (hospital_id, created_at) WHERE status = 'requested'"
            .to_owned(),
    ]
}
