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

/// Columns of a later change.
#[derive(Clone, Copy)]
pub(super) struct Added {
    /// What an erasure may make empty.
    pub(super) personal: &'static [&'static str],
    /// What nothing changes.
    pub(super) kept: &'static [&'static str],
}

/// Before there were any.
pub(super) const NONE: Added = Added { personal: &[], kept: &[] };

fn is_an_erasure(same: &str, added: Added) -> String {
    let emptied: String = added
        .personal
        .iter()
        .map(|column| format!("\n    AND (NEW.{column} IS NULL OR NEW.{column} {same} OLD.{column})"))
        .collect();
    format!(
        "NEW.body = '(erased)'{emptied}
    AND (NEW.revoked_reason {same} OLD.revoked_reason OR OLD.revoked_reason IS NOT NULL AND NEW.revoked_reason = '(erased)')
    AND EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)"
    )
}

fn up(dialect: Dialect) -> Vec<String> {
    let rule = update_rule(dialect, NONE);
    match dialect {
        Dialect::Postgres => rule.into_iter().chain(PROTECTED.map(str::to_owned)).collect(),
        Dialect::Sqlite => rule.into_iter().chain([refusing("delete", "OLD.id IS NOT NULL")]).collect(),
    }
}

/// Of Postgres. The function is from m0014.
const PROTECTED: [&str; 2] = [
    "CREATE TRIGGER document_append_only BEFORE DELETE ON document
  FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER document_no_truncate BEFORE TRUNCATE ON document
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
];

/// What says how a document may change, with the columns that were `added`: for a change that adds some.
pub(super) fn update_rule(dialect: Dialect, added: Added) -> Vec<String> {
    match dialect {
        Dialect::Postgres => on_postgres(added),
        Dialect::Sqlite => vec![on_sqlite(added)],
    }
}

/// Lets anything be changed until there is another rule.
pub(super) fn without_rule(dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => "DROP TRIGGER document_revoked_only ON document".to_owned(),
        Dialect::Sqlite => "DROP TRIGGER document_no_update".to_owned(),
    }
}

fn on_postgres(added: Added) -> Vec<String> {
    let emptied = [&EMPTIED[..], added.personal].concat();
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
            only_emptied = same(&emptied),
            erasure = is_an_erasure("IS NOT DISTINCT FROM", added),
        ),
        "CREATE TRIGGER document_revoked_only BEFORE UPDATE ON document
  FOR EACH ROW EXECUTE FUNCTION document_revoked_only()"
            .to_owned(),
    ]
}

fn on_sqlite(added: Added) -> String {
    let same = |columns: &[&str]| -> String {
        columns.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect::<Vec<_>>().join(" AND ")
    };
    let kept = [&KEPT[..], added.personal, added.kept].concat();
    let may_change = |column: &&str| EMPTIED.contains(column) || added.personal.contains(column);
    let others: Vec<&str> = kept.iter().chain(&REVOKED).copied().filter(|column| !may_change(column)).collect();
    let unless = format!(
        "NOT (\n    {kept} AND {IS_REVOCATION}\n  ) AND NOT (\n    {others} AND {erasure}\n  )",
        kept = same(&kept),
        others = same(&others),
        erasure = is_an_erasure("IS", added),
    );
    refusing("update", &unless)
}

/// Made again, a connection that still knows what was there before looks again.
fn refusing(event: &str, when: &str) -> String {
    format!(
        "CREATE TRIGGER IF NOT EXISTS document_no_{event} BEFORE {event} ON document FOR EACH ROW WHEN {when}
BEGIN
  SELECT RAISE(ABORT, 'document is append-only');
END"
    )
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
