//! What was attached is never changed and never removed.
//!
//! There are two exceptions. What was kept apart is let in or refused, once. And, as with messages (m0083), when the patient is erased the file goes, and
//! its name gives way to what says that it was erased. On Postgres a row is compared as a whole, so that a column of tomorrow is kept as well; SQLite cannot, and `entity/tests` tries each column.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0095_attachment_rules", up, down };

const IS_BEING_ERASED: &str = "EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)";
const FILE_IS_BEING_ERASED: &str = "EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id JOIN attachment ON attachment.appointment_id = appointment.id
      WHERE attachment.id = OLD.attachment_id AND erasure.finished_at IS NULL)";
const IS_EMPTY: &str = "NEW.name = '(erased)' AND NEW.sha256 IS NULL";
const IS_LOOKED_AT: &str = "OLD.state = 'quarantined' AND NEW.state IN ('clean', 'refused')";
/// Whatever becomes of it.
const KEPT: [&str; 8] =
    ["id", "hospital_id", "appointment_id", "message_id", "uploader_id", "media_type", "bytes", "created_at"];

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Sqlite => of_sqlite(),
        Dialect::Postgres => of_postgres(),
    }
}

fn of_sqlite() -> Vec<String> {
    let same = |columns: &[&str]| {
        let same: Vec<String> = columns.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect();
        same.join(" AND ")
    };
    let (kept, stamps, texts) = (same(&KEPT), same(&["state", "updated_at"]), same(&["name", "sha256"]));
    let may_change =
        format!("{kept} AND ({stamps} AND {IS_EMPTY} AND {IS_BEING_ERASED} OR {texts} AND {IS_LOOKED_AT})");
    let refusing = |table: &str, event: &str, when: &str| {
        format!(
            "CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} FOR EACH ROW WHEN {when}
BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"
        )
    };
    vec![
        refusing("attachment", "update", &format!("NOT ({may_change})")),
        refusing("attachment", "delete", "OLD.id IS NOT NULL"),
        refusing("attachment_data", "update", "OLD.id IS NOT NULL"),
        refusing("attachment_data", "delete", &format!("NOT {FILE_IS_BEING_ERASED}")),
    ]
}

/// `refuse_change` is from m0014.
fn of_postgres() -> Vec<String> {
    let trigger = |name: &str, event: &str, table: &str, each: &str, function: &str| {
        format!("CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")
    };
    vec![
        format!(
            "CREATE OR REPLACE FUNCTION attachment_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {IS_EMPTY} AND to_jsonb(NEW) - 'name' - 'sha256' = to_jsonb(OLD) - 'name' - 'sha256' AND {IS_BEING_ERASED} THEN
    RETURN NEW;
  END IF;
  IF {IS_LOOKED_AT} AND to_jsonb(NEW) - 'state' - 'updated_at' = to_jsonb(OLD) - 'state' - 'updated_at' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'attachment is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"
        ),
        format!(
            "CREATE OR REPLACE FUNCTION attachment_data_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {FILE_IS_BEING_ERASED} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'attachment_data is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"
        ),
        trigger("attachment_kept", "UPDATE", "attachment", "ROW", "attachment_kept"),
        trigger("attachment_append_only", "DELETE", "attachment", "ROW", "refuse_change"),
        trigger("attachment_no_truncate", "TRUNCATE", "attachment", "STATEMENT", "refuse_change"),
        trigger("attachment_data_append_only", "UPDATE", "attachment_data", "ROW", "refuse_change"),
        trigger("attachment_data_kept", "DELETE", "attachment_data", "ROW", "attachment_data_kept"),
        trigger("attachment_data_no_truncate", "TRUNCATE", "attachment_data", "STATEMENT", "refuse_change"),
    ]
}

fn down(dialect: Dialect) -> Vec<String> {
    let statements: &[&str] = match dialect {
        Dialect::Sqlite => &[
            "DROP TRIGGER attachment_data_no_delete",
            "DROP TRIGGER attachment_data_no_update",
            "DROP TRIGGER attachment_no_delete",
            "DROP TRIGGER attachment_no_update",
        ],
        Dialect::Postgres => &[
            "DROP TRIGGER attachment_data_no_truncate ON attachment_data",
            "DROP TRIGGER attachment_data_kept ON attachment_data",
            "DROP TRIGGER attachment_data_append_only ON attachment_data",
            "DROP TRIGGER attachment_no_truncate ON attachment",
            "DROP TRIGGER attachment_append_only ON attachment",
            "DROP TRIGGER attachment_kept ON attachment",
            "DROP FUNCTION attachment_data_kept()",
            "DROP FUNCTION attachment_kept()",
        ],
    };
    statements.iter().map(|statement| (*statement).to_owned()).collect()
}
