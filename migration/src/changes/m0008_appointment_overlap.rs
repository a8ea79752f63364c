//! No two busy appointments of one doctor, or of one patient, may overlap.
//!
//! Busy is scheduled, confirmed, waiting or in progress; a request or a proposal blocks nothing, a
//! cancelled row leaves the predicate and frees its time, and one that was overbooked with a reason
//! stands outside. A visit may begin at the instant another ends. On Postgres these are exclusion
//! constraints; on SQLite triggers that abort with the constraint's name as their message.

use crate::change::Change;
use crate::dialect::Dialect;

/// The states that take a person's time.
pub(super) const BUSY: &str = "('scheduled', 'confirmed', 'waiting', 'in_progress')";

/// Who is kept from being at two places: the constraint's name and the column.
const OF: [(&str, &str); 2] =
    [("appointment_doctor_overlap", "doctor_id"), ("appointment_patient_overlap", "patient_id")];

pub(crate) const CHANGE: Change = Change { name: "m0008_appointment_overlap", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => {
            let extension = "CREATE EXTENSION IF NOT EXISTS btree_gist".to_owned();
            let constraints = OF.map(|(name, column)| exclusion(name, column));
            [extension].into_iter().chain(constraints).collect()
        }
        Dialect::Sqlite => OF.iter().flat_map(|(name, column)| triggers(name, column)).collect(),
    }
}

fn down(dialect: Dialect) -> Vec<String> {
    match dialect {
        // The extension stays: it may have been there before, and it holds nothing of ours.
        Dialect::Postgres => {
            OF.iter().map(|(name, _)| format!("ALTER TABLE appointment DROP CONSTRAINT {name}")).collect()
        }
        Dialect::Sqlite => OF
            .iter()
            .flat_map(|(name, _)| {
                [
                    format!("DROP TRIGGER {name}_on_update"),
                    format!("DROP TRIGGER {name}_on_insert"),
                    format!("DROP INDEX {name}"),
                ]
            })
            .collect(),
    }
}

fn exclusion(name: &str, column: &str) -> String {
    format!(
        "ALTER TABLE appointment ADD CONSTRAINT {name}
  EXCLUDE USING gist ({column} WITH =, tstzrange(starts_at, ends_at) WITH &&)
  WHERE (status IN {BUSY} AND overbook_reason IS NULL)"
    )
}

fn triggers(name: &str, column: &str) -> Vec<String> {
    // The row that stands in the way began less than a day before this one: no visit is longer.
    let body = format!(
        "FOR EACH ROW WHEN NEW.status IN {BUSY} AND NEW.overbook_reason IS NULL
BEGIN
  SELECT RAISE(ABORT, '{name}') WHERE EXISTS (
    SELECT 1 FROM appointment AS other
    WHERE other.{column} = NEW.{column}
      AND other.starts_at < NEW.ends_at
      AND other.starts_at > strftime('%Y-%m-%dT%H:%M:%S', NEW.starts_at, '-86401 seconds')
      AND other.ends_at > NEW.starts_at
      AND other.status IN {BUSY} AND other.overbook_reason IS NULL
      AND other.id <> NEW.id);
END"
    );
    vec![
        format!(
            "CREATE INDEX {name} ON appointment ({column}, starts_at, ends_at) WHERE status IN {BUSY} AND overbook_reason IS NULL"
        ),
        // After the insert, because only then has the row its id.
        format!("CREATE TRIGGER {name}_on_insert AFTER INSERT ON appointment {body}"),
        format!(
            "CREATE TRIGGER {name}_on_update AFTER UPDATE OF {column}, starts_at, ends_at, status, overbook_reason ON appointment {body}"
        ),
    ]
}
