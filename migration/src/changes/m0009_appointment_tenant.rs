//! An appointment, its doctor and its patient are of one hospital, whatever the code thinks.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0009_appointment_tenant", up, down };

/// True when a party of the new row belongs to another hospital.
const STRAY: &str = "NOT EXISTS (
    SELECT 1 FROM doctor JOIN \"user\" AS person ON person.id = doctor.user_id
    WHERE doctor.id = NEW.doctor_id AND person.hospital_id = NEW.hospital_id)
  OR NOT EXISTS (
    SELECT 1 FROM patient JOIN \"user\" AS person ON person.id = patient.user_id
    WHERE patient.id = NEW.patient_id AND person.hospital_id = NEW.hospital_id)";

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            format!(
                "CREATE OR REPLACE FUNCTION appointment_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {STRAY} THEN
    RAISE EXCEPTION 'appointment_tenant' USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$"
            ),
            "CREATE TRIGGER appointment_tenant BEFORE INSERT OR UPDATE OF hospital_id, doctor_id, patient_id ON appointment
  FOR EACH ROW EXECUTE FUNCTION appointment_tenant()"
                .to_owned(),
        ],
        Dialect::Sqlite => ["INSERT", "UPDATE OF hospital_id, doctor_id, patient_id"]
            .into_iter()
            .zip(["insert", "update"])
            .map(|(event, name)| {
                format!(
                    "CREATE TRIGGER appointment_tenant_on_{name} BEFORE {event} ON appointment FOR EACH ROW
BEGIN
  SELECT RAISE(ABORT, 'appointment_tenant') WHERE {STRAY};
END"
                )
            })
            .collect(),
    }
}

fn down(dialect: Dialect) -> Vec<String> {
    let statements: &[&str] = match dialect {
        Dialect::Postgres => &["DROP TRIGGER appointment_tenant ON appointment", "DROP FUNCTION appointment_tenant()"],
        Dialect::Sqlite => &["DROP TRIGGER appointment_tenant_on_update", "DROP TRIGGER appointment_tenant_on_insert"],
    };
    statements.iter().map(|&sql| sql.to_owned()).collect()
}
