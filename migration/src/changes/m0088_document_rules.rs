//! A document that was issued says what it says: it changes in that it is revoked, once, and is never removed.
//!
//! As with notes (m0077), the one exception is the erasure of the patient: texts give way to what says that they were erased. On Postgres a row is
//! compared as a whole, so that a column of tomorrow is kept as well; SQLite cannot, and `entity/tests` tries each column.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0088_document_rules", up, down };

/// What no change of a document touches.
const KEPT: [&str; 10] =
    ["id", "hospital_id", "appointment_id", "kind", "number", "token", "issued_at", "issued_by", "created_at", "body"];
/// What its revocation changes.
const REVOKED: [&str; 5] = ["revoked_at", "revoked_by", "revoked_reason", "version", "updated_at"];
/// What an erasure may change.
const EMPTIED: [&str; 3] = ["body", "revoked_reason", "updated_at"];

/// From a document that stands to one that is revoked.
const IS_REVOCATION: &str = "OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND NEW.version = OLD.version + 1";

fn is_an_erasure(same: &str) -> String {
    format!(
        "NEW.body = '(erased)'
    AND (NEW.revoked_reason {same} OLD.revoked_reason OR OLD.revoked_reason IS NOT NULL AND NEW.revoked_reason = '(erased)')
    AND EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)"
    )
}

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => on_postgres(),
        Dialect::Sqlite => on_sqlite(),
    }
}

fn on_postgres() -> Vec<String> {
    let without = |row: &str, columns: &[&str]| -> String {
        let taken: String = columns.iter().map(|column| format!(" - '{column}'")).collect();
        format!("to_jsonb({row}){taken}")
    };
    let same = |columns: &[&str]| format!("{} = {}", without("NEW", columns), without("OLD", columns));
    vec![
        format!(
            "CREATE OR REPLACE FUNCTION document_revoked_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {only_revoked} AND {IS_REVOCATION} THEN
    RETURN NEW;
  END IF;
  IF {only_emptied} AND {erasure} THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'document is append-only' USING ERRCODE = 'insufficient_privilege';
END $$",
            only_revoked = same(&REVOKED),
            only_emptied = same(&EMPTIED),
            erasure = is_an_erasure("IS NOT DISTINCT FROM"),
        ),
        "CREATE TRIGGER document_revoked_only BEFORE UPDATE ON document
  FOR EACH ROW EXECUTE FUNCTION document_revoked_only()"
            .to_owned(),
        // The function is from m0014.
        "CREATE TRIGGER document_append_only BEFORE DELETE ON document
  FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            .to_owned(),
        "CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON document
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            .to_owned(),
    ]
}

fn on_sqlite() -> Vec<String> {
    let same = |columns: &[&str]| -> String {
        columns.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect::<Vec<_>>().join(" AND ")
    };
    let others: Vec<&str> = KEPT.iter().chain(&REVOKED).copied().filter(|column| !EMPTIED.contains(column)).collect();
    let refusing = |event: &str, when: &str| {
        format!(
            "CREATE TRIGGER document_no_{event} BEFORE {event} ON document FOR EACH ROW WHEN {when}
BEGIN
  SELECT RAISE(ABORT, 'document is append-only');
END"
        )
    };
    let unless = format!(
        "NOT (\n    {kept} AND {IS_REVOCATION}\n  ) AND NOT (\n    {others} AND {erasure}\n  )",
        kept = same(&KEPT),
        others = same(&others),
        erasure = is_an_erasure("IS"),
    );
    vec![refusing("update", &unless), refusing("delete", "OLD.id IS NOT NULL")]
}

fn down(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => {
            let triggers = ["no_truncate", "append_only", "revoked_only"];
            let mut statements: Vec<String> =
                triggers.iter().map(|name| format!("DROP TRIGGER document_{name} ON document")).collect();
            statements.push("DROP FUNCTION document_revoked_only()".to_owned());
            statements
        }
        Dialect::Sqlite => ["update", "delete"].map(|event| format!("DROP TRIGGER document_no_{event}")).into(),
    }
}
