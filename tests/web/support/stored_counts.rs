//! What the database keeps of counts is what can be counted.

use sea_orm::{ConnectionTrait, Statement};

use super::TestApp;

/// What is kept, and how it is counted: rows of numbers.
const COUNTS: [(&str, &str); 3] = [
    (
        "SELECT doctor_id, patient_id, visits, completed FROM care_relation WHERE visits > 0",
        "SELECT doctor_id, patient_id, count(*), sum(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) FROM appointment \
         WHERE status <> 'rejected' GROUP BY doctor_id, patient_id",
    ),
    (
        "SELECT doctor_id, patients_seen FROM doctor_tally WHERE patients_seen > 0",
        "SELECT doctor_id, count(DISTINCT patient_id) FROM appointment WHERE status = 'completed' GROUP BY doctor_id",
    ),
    (
        "SELECT hospital_id, admins, doctors, patients FROM hospital_tally WHERE admins + doctors + patients > 0",
        "SELECT hospital_id, sum(CASE WHEN role = 'hospital_admin' THEN 1 ELSE 0 END), \
         sum(CASE WHEN role = 'doctor' THEN 1 ELSE 0 END), sum(CASE WHEN role = 'patient' THEN 1 ELSE 0 END) \
         FROM \"user\" WHERE active AND hospital_id IS NOT NULL GROUP BY hospital_id",
    ),
];

/// Each kept count is the counted one.
pub(crate) async fn assert_stored_counts(app: &TestApp) {
    for (kept, counted) in COUNTS {
        for (one, other) in [(kept, counted), (counted, kept)] {
            assert_eq!(rows(app, &format!("{one} EXCEPT {other}")).await, 0, "{one}\nis not\n{other}");
        }
    }
}

async fn rows(app: &TestApp, query: &str) -> usize {
    let statement = Statement::from_string(app.db.get_database_backend(), query);
    app.db.query_all_raw(statement).await.unwrap().len()
}
