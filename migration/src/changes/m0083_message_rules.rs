//! A message is never changed and never removed; it can be taken back once, which leaves its words in the record and shows them to nobody. How far
//! somebody has read only grows.
//!
//! As with notes (m0077), the one exception is the erasure of the patient: words give way to what says that they were erased. On Postgres a row is
//! compared as a whole, so that a column of tomorrow is kept as well; SQLite cannot, and `entity/tests` tries each column.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0083_message_rules", up, down };

const IS_BEING_ERASED: &str = "EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)";
const IS_TAKEN_BACK: &str = "OLD.retracted_at IS NULL AND NEW.retracted_at IS NOT NULL";
const KEPT: [&str; 5] = ["id", "appointment_id", "sender_id", "token", "created_at"];

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Sqlite => of_sqlite(),
        Dialect::Postgres => of_postgres(),
    }
}

fn of_sqlite() -> Vec<String> {
    let same: Vec<String> = KEPT.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect();
    let same = same.join(" AND ");
    let unless = format!(
        "NOT ({same} AND (
    NEW.body IS OLD.body AND {IS_TAKEN_BACK}
    OR NEW.retracted_at IS OLD.retracted_at AND NEW.updated_at IS OLD.updated_at AND NEW.body = '(erased)' AND {IS_BEING_ERASED}
  ))"
    );
    let refusing = |table: &str, event: &str, when: &str, says: &str| {
        format!(
            "CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} FOR EACH ROW WHEN {when}
BEGIN
  SELECT RAISE(ABORT, '{table} {says}');
END"
        )
    };
    let falls =
        "NEW.last_read_id < OLD.last_read_id OR NEW.appointment_id <> OLD.appointment_id OR NEW.user_id <> OLD.user_id";
    vec![
        refusing("message", "update", &unless, "is append-only"),
        refusing("message", "delete", "OLD.id IS NOT NULL", "is append-only"),
        refusing("message_read", "update", falls, "only grows"),
    ]
}

/// `refuse_change` is from m0014.
fn of_postgres() -> Vec<String> {
    vec![
        format!(
            "CREATE OR REPLACE FUNCTION message_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {IS_TAKEN_BACK} AND to_jsonb(NEW) - 'retracted_at' - 'updated_at' = to_jsonb(OLD) - 'retracted_at' - 'updated_at' THEN
    RETURN NEW;
  END IF;
  IF NEW.body = '(erased)' AND to_jsonb(NEW) - 'body' = to_jsonb(OLD) - 'body' AND {IS_BEING_ERASED} THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'message is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"
        ),
        "CREATE TRIGGER message_kept BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION message_kept()".to_owned(),
        "CREATE TRIGGER message_append_only BEFORE DELETE ON message FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            .to_owned(),
        "CREATE TRIGGER message_no_truncate BEFORE TRUNCATE ON message FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            .to_owned(),
        "CREATE OR REPLACE FUNCTION message_read_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.last_read_id < OLD.last_read_id OR NEW.appointment_id <> OLD.appointment_id OR NEW.user_id <> OLD.user_id THEN
    RAISE EXCEPTION 'message_read only grows' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$"
            .to_owned(),
        "CREATE TRIGGER message_read_grows BEFORE UPDATE ON message_read FOR EACH ROW EXECUTE FUNCTION message_read_grows()"
            .to_owned(),
    ]
}

fn down(dialect: Dialect) -> Vec<String> {
    let statements: &[&str] = match dialect {
        Dialect::Sqlite => {
            &["DROP TRIGGER message_read_no_update", "DROP TRIGGER message_no_delete", "DROP TRIGGER message_no_update"]
        }
        Dialect::Postgres => &[
            "DROP TRIGGER message_read_grows ON message_read",
            "DROP FUNCTION message_read_grows()",
            "DROP TRIGGER message_no_truncate ON message",
            "DROP TRIGGER message_append_only ON message",
            "DROP TRIGGER message_kept ON message",
            "DROP FUNCTION message_kept()",
        ],
    };
    statements.iter().map(|statement| (*statement).to_owned()).collect()
}
