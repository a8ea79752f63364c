//! A signed note changes in no column and is never removed; what is beneath it is added to and read; its versions are not changed, and are
//! removed only when it is signed.
//!
//! As with the history of visits (m0056), the one exception is the erasure of the patient: texts give way to what says that they were erased,
//! and the digest over them goes. On Postgres a row is compared as a whole, so that a column of tomorrow is kept as well; SQLite cannot, and
//! `entity/tests` tries each column.

use super::m0076_note::TEXTS;
use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0077_note_rules", up, down };

const ERASED: &str = "(erased)";

/// Of a row of `note`, or, as `note_id`, of one that hangs on it.
fn is_being_erased(of_note: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM erasure JOIN patient ON patient.user_id = erasure.user_id
      JOIN appointment ON appointment.patient_id = patient.id JOIN note AS of_visit ON of_visit.appointment_id = appointment.id
      WHERE of_visit.id = OLD.{of_note} AND erasure.finished_at IS NULL)"
    )
}

fn is_signed() -> &'static str {
    "EXISTS (SELECT 1 FROM note WHERE note.id = OLD.note_id AND note.state = 'signed')"
}

/// A table whose rows do not change but for an erasure: of which rows that is so, the columns that it may empty, and all others.
struct Kept {
    table: &'static str,
    which: &'static str,
    of_note: &'static str,
    emptied: Vec<&'static str>,
    kept: &'static [&'static str],
}

fn kept() -> [Kept; 2] {
    [
        Kept {
            table: "note",
            which: "OLD.state = 'signed'",
            of_note: "id",
            emptied: [&TEXTS[..], &["withheld_reason", "sha256", "updated_at"]].concat(),
            kept: &[
                "id",
                "appointment_id",
                "author_id",
                "state",
                "template",
                "signed_at",
                "signed_by",
                "version",
                "created_at",
            ],
        },
        Kept {
            table: "note_addendum",
            which: "OLD.id IS NOT NULL",
            of_note: "note_id",
            emptied: vec!["text", "reason"],
            kept: &["id", "note_id", "author_id", "kind", "created_at", "updated_at"],
        },
    ]
}

impl Kept {
    /// Whether a change is what an erasure does: a text that was there says that it was erased, and one that was not stays away.
    fn is_an_erasure(&self, dialect: Dialect) -> String {
        let same = match dialect {
            Dialect::Postgres => "IS NOT DISTINCT FROM",
            Dialect::Sqlite => "IS",
        };
        let texts = self.emptied.iter().filter(|column| !["sha256", "updated_at"].contains(column)).map(|column| {
            format!("(NEW.{column} {same} OLD.{column} OR OLD.{column} IS NOT NULL AND NEW.{column} = '{ERASED}')")
        });
        let digest = self.emptied.contains(&"sha256").then(|| "NEW.sha256 IS NULL".to_owned());
        let parts: Vec<String> = texts.chain(digest).chain([is_being_erased(self.of_note)]).collect();
        parts.join("\n    AND ")
    }

    fn made(&self, dialect: Dialect) -> Vec<String> {
        let Self { table, which, emptied, kept, .. } = self;
        let condition = self.is_an_erasure(dialect);
        if dialect == Dialect::Sqlite {
            let same: Vec<String> = kept.iter().map(|column| format!("NEW.{column} IS OLD.{column}")).collect();
            let unless = format!("{which} AND NOT (\n    {}\n    AND {condition}\n  )", same.join(" AND "));
            return vec![refusing(table, "update", &unless), refusing(table, "delete", which)];
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
  FOR EACH ROW WHEN ({which}) EXECUTE FUNCTION {table}_erased_only()"
            ),
            format!(
                "CREATE TRIGGER {table}_append_only BEFORE DELETE ON {table}
  FOR EACH ROW WHEN ({which}) EXECUTE FUNCTION refuse_change()"
            ),
            truncating(table),
        ]
    }
}

/// The function is from m0014.
fn truncating(table: &str) -> String {
    format!(
        "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
}

/// A trigger of SQLite that refuses.
fn refusing(table: &str, event: &str, when: &str) -> String {
    format!(
        "CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} FOR EACH ROW WHEN {when}
BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"
    )
}

/// Versions may go when the note is signed, or its patient is being erased.
pub(super) fn may_go() -> String {
    format!("{} OR {}", is_signed(), is_being_erased("note_id"))
}

/// What refuses that any but these is removed: on SQLite a trigger, on Postgres the function that one calls.
pub(super) fn keeping_all_but(dialect: Dialect, may_go: &str) -> String {
    match dialect {
        Dialect::Sqlite => refusing("note_revision", "delete", &format!("NOT ({may_go})")),
        Dialect::Postgres => format!(
            "CREATE OR REPLACE FUNCTION note_revision_may_go() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF {may_go} THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'note_revision is append-only' USING ERRCODE = 'insufficient_privilege';
END $$"
        ),
    }
}

fn revisions(dialect: Dialect) -> Vec<String> {
    let kept = keeping_all_but(dialect, &may_go());
    match dialect {
        Dialect::Sqlite => vec![refusing("note_revision", "update", "OLD.id IS NOT NULL"), kept],
        Dialect::Postgres => vec![
            kept,
            "CREATE TRIGGER note_revision_may_go BEFORE DELETE ON note_revision
  FOR EACH ROW EXECUTE FUNCTION note_revision_may_go()"
                .to_owned(),
            "CREATE TRIGGER note_revision_append_only BEFORE UPDATE ON note_revision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                .to_owned(),
            truncating("note_revision"),
        ],
    }
}

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements: Vec<String> = kept().iter().flat_map(|kept| kept.made(dialect)).collect();
    statements.extend(revisions(dialect));
    statements
}

fn down(dialect: Dialect) -> Vec<String> {
    const TABLES: [&str; 3] = ["note_revision", "note_addendum", "note"];
    let of = |table: &str, names: &[&str]| -> Vec<String> {
        names.iter().map(|name| format!("DROP TRIGGER {table}_{name} ON {table}")).collect()
    };
    match dialect {
        Dialect::Sqlite => TABLES
            .into_iter()
            .flat_map(|table| ["update", "delete"].map(|event| format!("DROP TRIGGER {table}_no_{event}")))
            .collect(),
        Dialect::Postgres => {
            let mut statements = of("note_revision", &["no_truncate", "append_only", "may_go"]);
            for table in ["note_addendum", "note"] {
                statements.extend(of(table, &["no_truncate", "append_only", "erased_only"]));
                statements.push(format!("DROP FUNCTION {table}_erased_only()"));
            }
            statements.push("DROP FUNCTION note_revision_may_go()".to_owned());
            statements
        }
    }
}
