//! The head of a document stays as it was issued: what the patient, the doctor and the hospital were called then, and the doctor's licence.
//!
//! Until here a paper was headed by what everybody is called now. Rows that are there already get that, once; they are those of builds before this
//! release, which is the first to have documents. A server of before leaves the columns empty, and such a paper goes on being headed by today's words.
//!
//! The rule of m0088 is made anew: a head changes as little as the text, and an erasure takes the patient's name and date of birth out of it.

use super::m0088_document_rules::{Added, NONE, update_rule, without_rule};
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0096_document_heads", up, down };

const ADDED: Added = Added {
    personal: &["patient_name", "patient_born"],
    kept: &["hospital_name", "doctor_name", "doctor_field", "doctor_license"],
};

/// Texts, and how long they may be: two names with a space between, a doctor's also with "Dr ".
const TEXTS: [(&str, &str); 5] = [
    ("hospital_name", "length(hospital_name) BETWEEN 1 AND 120"),
    ("doctor_name", "length(doctor_name) BETWEEN 1 AND 164"),
    ("doctor_field", "length(doctor_field) BETWEEN 1 AND 120"),
    ("doctor_license", "length(doctor_license) BETWEEN 1 AND 64"),
    ("patient_name", "length(patient_name) BETWEEN 1 AND 161"),
];

const FILL: &str = "UPDATE document SET
  hospital_name = (SELECT hospital.name FROM hospital WHERE hospital.id = document.hospital_id),
  doctor_name = (SELECT 'Dr ' || person.first_name || ' ' || person.last_name FROM \"user\" AS person WHERE person.id = document.issued_by),
  doctor_field = (SELECT doctor.specialization FROM doctor WHERE doctor.user_id = document.issued_by),
  doctor_license = (SELECT doctor.license_number FROM doctor WHERE doctor.user_id = document.issued_by),
  patient_name = (SELECT person.first_name || ' ' || person.last_name FROM appointment
    JOIN patient ON patient.id = appointment.patient_id JOIN \"user\" AS person ON person.id = patient.user_id
    WHERE appointment.id = document.appointment_id AND person.erased_at IS NULL),
  patient_born = (SELECT person.date_of_birth FROM appointment
    JOIN patient ON patient.id = appointment.patient_id JOIN \"user\" AS person ON person.id = patient.user_id
    WHERE appointment.id = document.appointment_id AND person.erased_at IS NULL)";

fn up(dialect: Dialect) -> Vec<String> {
    let texts =
        TEXTS.into_iter().flat_map(|(column, check)| dialect.checked_column("document", [column, "text", check]));
    let born = format!("ALTER TABLE document ADD COLUMN {}", dialect.date("patient_born"));
    let columns = texts.chain([born]);
    columns.chain([without_rule(dialect), FILL.to_owned()]).chain(update_rule(dialect, ADDED)).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let columns = TEXTS.map(|(column, _)| column).into_iter().chain(["patient_born"]);
    let gone = columns.map(|column| format!("ALTER TABLE document DROP COLUMN {column}"));
    [without_rule(dialect)].into_iter().chain(gone).chain(update_rule(dialect, NONE)).collect()
}
