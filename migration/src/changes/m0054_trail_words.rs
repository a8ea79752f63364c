//! Words of the trail for what is taken away, what is erased and what is refused: `exported`, `erased`, `refused`.
//!
//! On Postgres the new check looks at no row that is there: each of them obeys the narrower one (m0055 has it looked at while everybody goes
//! on). SQLite has a check within its table alone, so the table is made anew.

use super::m0002_user::ROLES;
use super::m0013_audit_entry::{ACTIONS, SUBJECTS};
use crate::change::Change;
use crate::dialect::{Dialect, list, one_of, text};

pub(crate) const CHANGE: Change = Change {
    name: "m0054_trail_words",
    up: |dialect| allowing(dialect, &[&ACTIONS[..], &ADDED[..]].concat()),
    down: |dialect| allowing(dialect, &ACTIONS),
};

pub(super) const ADDED: [&str; 3] = ["exported", "erased", "refused"];

const COLUMNS: &str = "id, at, actor_id, actor_name, actor_role, hospital_id, ip, action, subject_kind, subject_id, detail, created_at, updated_at";

/// The trail takes these words, and no other. On SQLite the table is as this change left it.
pub(super) fn allowing(dialect: Dialect, actions: &[&str]) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_action_check".to_owned(),
            format!(
                "ALTER TABLE audit_entry ADD CONSTRAINT audit_entry_action_check CHECK (action IN ({})) NOT VALID",
                list(actions)
            ),
        ],
        Dialect::Sqlite => made_anew(actions),
    }
}

/// As m0013 made it, for these words. `IF NOT EXISTS` has a connection that still knows what was there before look again; what is stored does
/// not say so.
fn table(actions: &[&str]) -> String {
    let dialect = Dialect::Sqlite;
    format!(
        "CREATE TABLE IF NOT EXISTS audit_entry (
  {id},
  {at} NOT NULL,
  actor_id bigint NOT NULL REFERENCES \"user\" (id),
  {actor_name} NOT NULL,
  {actor_role} NOT NULL,
  hospital_id bigint REFERENCES hospital (id),
  {ip},
  {action} NOT NULL,
  {subject_kind} NOT NULL,
  subject_id bigint NOT NULL,
  detail {json} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        at = dialect.instant("at"),
        actor_name = text("actor_name", 1, 161),
        actor_role = one_of("actor_role", &ROLES),
        ip = text("ip", 1, 45),
        action = one_of("action", actions),
        subject_kind = one_of("subject_kind", &SUBJECTS),
        json = dialect.json(),
        stamps = dialect.stamps(),
    )
}

fn made_anew(actions: &[&str]) -> Vec<String> {
    let copied = format!(
        "INSERT INTO audit_entry ({COLUMNS}) SELECT {COLUMNS} FROM audit_entry_before WHERE action IN ({}) ORDER BY id",
        list(actions)
    );
    let mut statements = vec![
        "ALTER TABLE audit_entry RENAME TO audit_entry_before".to_owned(),
        table(actions),
        copied,
        // Its indexes and triggers go with it; the triggers do not run.
        "DROP TABLE audit_entry_before".to_owned(),
    ];
    statements.extend(INDEXES.map(str::to_owned));
    statements.extend(["update", "delete"].map(|event| {
        format!(
            "CREATE TRIGGER IF NOT EXISTS audit_entry_no_{event} BEFORE {event} ON audit_entry FOR EACH ROW
BEGIN
  SELECT RAISE(ABORT, 'audit_entry is append-only');
END"
        )
    }));
    statements
}

/// As m0013, m0022 and m0023 made them.
const INDEXES: [&str; 7] = [
    "CREATE INDEX IF NOT EXISTS audit_entry_hospital ON audit_entry (hospital_id, at, id)",
    "CREATE INDEX IF NOT EXISTS audit_entry_time ON audit_entry (at, id)",
    "CREATE INDEX IF NOT EXISTS audit_entry_subject ON audit_entry (subject_kind, subject_id, at)",
    "CREATE INDEX IF NOT EXISTS audit_entry_actor ON audit_entry (actor_id, at, id, hospital_id)",
    "CREATE INDEX IF NOT EXISTS audit_entry_hospital_action ON audit_entry (hospital_id, action, at, id)",
    "CREATE INDEX IF NOT EXISTS audit_entry_action ON audit_entry (action, at, id)",
    "CREATE INDEX IF NOT EXISTS audit_entry_chain ON audit_entry (hospital_id, id)",
];
