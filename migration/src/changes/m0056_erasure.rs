//! What an erasure needs: that there is one, what of the trail it has emptied, and one exception of the rule that trail and history are added to
//! and read, nothing else.
//!
//! A line of the trail may lose its actor's name and network address while that actor is being erased, and the e-mail addresses in its detail while whom it
//! is about is; nothing else of it may change, and only if `audit_redaction` has noted both what was sealed of the line and what is left of it. Whoever has only the database can do that too; but the note
//! carries a digest under a key that is not there, and `telemedicine audit verify` tells. A step of a visit's history may lose its note while its patient is
//! being erased.
//!
//! On Postgres a row is compared as a whole, so that a column of tomorrow is kept as well. SQLite cannot: `entity/tests` tries each column.

use crate::change::Change;
use crate::dialect::{Dialect, text};

pub(crate) const CHANGE: Change = Change { name: "m0056_erasure", up, down };

const IS_NOTED: &str = "EXISTS (SELECT 1 FROM audit_redaction WHERE audit_redaction.entry_id = OLD.id)";
const ACTOR_IS_BEING_ERASED: &str =
    "EXISTS (SELECT 1 FROM erasure WHERE erasure.user_id = OLD.actor_id AND erasure.finished_at IS NULL)";
const SUBJECT_IS_BEING_ERASED: &str =
    "EXISTS (SELECT 1 FROM erasure LEFT JOIN patient ON patient.user_id = erasure.user_id WHERE erasure.finished_at IS NULL
      AND (OLD.subject_kind = 'user' AND OLD.subject_id = erasure.user_id
        OR OLD.subject_kind = 'patient' AND OLD.subject_id = patient.id))";
const PATIENT_IS_BEING_ERASED: &str = "EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id
      WHERE appointment.id = OLD.appointment_id AND erasure.finished_at IS NULL)";

/// Of a line: its actor's name and address go, or stay as they are; the addresses in its detail go, or all of it stays.
fn of_a_line(dialect: Dialect) -> String {
    let (same, without_addresses) = match dialect {
        Dialect::Postgres => ("IS NOT DISTINCT FROM", "OLD.detail || '{\"from\": \"-\", \"to\": \"-\"}'::jsonb"),
        Dialect::Sqlite => ("IS", "json_set(OLD.detail, '$.from', '-', '$.to', '-')"),
    };
    format!(
        "(NEW.actor_name = '-' AND NEW.ip IS NULL AND {ACTOR_IS_BEING_ERASED}
      OR NEW.actor_name = OLD.actor_name AND NEW.ip {same} OLD.ip)
    AND (NEW.detail = OLD.detail OR NEW.detail = {without_addresses} AND {SUBJECT_IS_BEING_ERASED})
    AND ({ACTOR_IS_BEING_ERASED} OR {SUBJECT_IS_BEING_ERASED})
    AND {IS_NOTED}"
    )
}

/// A table, the columns that an erasure may empty, all others, and when.
struct Exception {
    table: &'static str,
    emptied: &'static [&'static str],
    kept: &'static [&'static str],
    condition: String,
}

fn exceptions(dialect: Dialect) -> [Exception; 2] {
    [
        Exception {
            table: "audit_entry",
            emptied: &["actor_name", "ip", "detail"],
            kept: &[
                "id",
                "at",
                "actor_id",
                "actor_role",
                "hospital_id",
                "action",
                "subject_kind",
                "subject_id",
                "created_at",
                "updated_at",
            ],
            condition: of_a_line(dialect),
        },
        Exception {
            table: "appointment_event",
            emptied: &["note"],
            kept: &[
                "id",
                "appointment_id",
                "actor_id",
                "kind",
                "from_status",
                "to_status",
                "at",
                "created_at",
                "updated_at",
            ],
            condition: format!("NEW.note IS NULL\n    AND {PATIENT_IS_BEING_ERASED}"),
        },
    ]
}

fn up(dialect: Dialect) -> Vec<String> {
    // Null in everybody who is still somebody. Nobody comes back.
    let erased_at = dialect.instant("erased_at");
    let kind = erased_at.trim_start_matches("erased_at ");
    let mut statements = dialect.checked_column("\"user\"", ["erased_at", kind, "erased_at IS NULL OR NOT active"]);
    statements.extend([erasure(dialect), redaction(dialect)]);
    statements.extend(append_only(dialect));
    statements.extend(exceptions(dialect).iter().flat_map(|exception| exception.made(dialect)));
    statements
}

fn erasure(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE erasure (
  {id},
  user_id bigint NOT NULL CONSTRAINT erasure_person UNIQUE REFERENCES \"user\" (id),
  requested_by bigint NOT NULL REFERENCES \"user\" (id),
  {reason} NOT NULL,
  {finished_at},
  {stamps}
)",
        id = dialect.id(),
        reason = text("reason", 1, 500),
        finished_at = dialect.instant("finished_at"),
        stamps = dialect.stamps(),
    )
}

fn redaction(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE audit_redaction (
  {id},
  entry_id bigint NOT NULL CONSTRAINT audit_redaction_entry UNIQUE,
  sealed {bytes} NOT NULL,
  redacted {bytes} NOT NULL,
  digest {bytes} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        stamps = dialect.stamps(),
    )
}

/// As for the seals; the function is from m0014.
fn append_only(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            "CREATE TRIGGER audit_redaction_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_redaction
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                .to_owned(),
        ],
        Dialect::Sqlite => ["update", "delete"]
            .map(|event| refusing(&format!("audit_redaction_no_{event}"), event, "audit_redaction", ""))
            .into(),
    }
}

/// A trigger of SQLite that refuses. A connection that still knows one of that name looks again.
pub(super) fn refusing(name: &str, event: &str, table: &str, when: &str) -> String {
    format!(
        "CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} FOR EACH ROW{when}
BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"
    )
}

impl Exception {
    fn made(&self, dialect: Dialect) -> Vec<String> {
        let Self { table, emptied, kept, condition } = self;
        if dialect == Dialect::Sqlite {
            let same: Vec<String> = kept.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect();
            let when = format!(" WHEN NOT (\n    {}\n    AND {condition}\n  )", same.join(" AND "));
            return vec![
                format!("DROP TRIGGER {table}_no_update"),
                refusing(&format!("{table}_no_update"), "update", table, &when),
            ];
        }
        let without: String = emptied.iter().map(|column| format!(" - '{column}'")).collect();
        vec![
            format!(
                "CREATE OR REPLACE FUNCTION {table}_erased_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW){without} = to_jsonb(OLD){without}
    AND {condition} THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"
            ),
            format!(
                "CREATE TRIGGER {table}_erased_only BEFORE UPDATE ON {table}
  FOR EACH ROW EXECUTE FUNCTION {table}_erased_only()"
            ),
            // Only now: there is no moment without one of them.
            format!("DROP TRIGGER {table}_append_only ON {table}"),
            format!(
                "CREATE TRIGGER {table}_append_only BEFORE DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            ),
        ]
    }

    fn taken_back(&self, dialect: Dialect) -> Vec<String> {
        let table = self.table;
        match dialect {
            Dialect::Sqlite => vec![
                format!("DROP TRIGGER {table}_no_update"),
                refusing(&format!("{table}_no_update"), "update", table, ""),
            ],
            Dialect::Postgres => vec![
                format!("DROP TRIGGER {table}_append_only ON {table}"),
                format!(
                    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                ),
                format!("DROP TRIGGER {table}_erased_only ON {table}"),
                format!("DROP FUNCTION {table}_erased_only()"),
            ],
        }
    }
}

/// What SQLite allows of the trail from here on, for a change that makes that table anew.
pub(super) fn trail_on_sqlite() -> Vec<String> {
    let [of_the_trail, _] = exceptions(Dialect::Sqlite);
    of_the_trail.made(Dialect::Sqlite)
}

fn down(dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> =
        exceptions(dialect).iter().flat_map(|exception| exception.taken_back(dialect)).collect();
    statements.extend(["DROP TABLE audit_redaction".to_owned(), "DROP TABLE erasure".to_owned()]);
    statements.extend(match dialect {
        Dialect::Postgres => vec!["ALTER TABLE \"user\" DROP CONSTRAINT user_erased_at_check".to_owned()],
        Dialect::Sqlite => Vec::new(),
    });
    statements.push("ALTER TABLE \"user\" DROP COLUMN erased_at".to_owned());
    statements
}
