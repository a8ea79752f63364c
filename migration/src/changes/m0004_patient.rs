//! What a patient has more than a user. `blood_type` has no default: it is never guessed.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

pub(super) const BLOOD_TYPES: [&str; 8] = ["A+", "A-", "B+", "B-", "AB+", "AB-", "O+", "O-"];

pub(crate) const CHANGE: Change = Change { name: "m0004_patient", up, down: |_| drop_table("patient") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE patient (
  {id},
  user_id bigint NOT NULL CONSTRAINT patient_user_id_key UNIQUE REFERENCES \"user\" (id),
  {blood_type},
  {allergies},
  {medical_history},
  {emergency_contact_name},
  {emergency_contact_phone},
  {stamps}
)",
        id = dialect.id(),
        blood_type = one_of("blood_type", &BLOOD_TYPES),
        allergies = text("allergies", 1, 2000),
        medical_history = text("medical_history", 1, 5000),
        emergency_contact_name = text("emergency_contact_name", 1, 120),
        emergency_contact_phone = text("emergency_contact_phone", 1, 32),
        stamps = dialect.stamps(),
    )]
}
