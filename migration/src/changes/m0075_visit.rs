//! The visit itself: what is asked at its beginning, who is in its room, by how much a doctor runs late, and what a hospital tells its doctors for an
//! emergency far away.

use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0075_visit", up, down };

const IDENTITIES: [&str; 4] = ["name_and_dob", "document", "known", "not_possible"];

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![
        visit(dialect),
        presence(dialect),
        // What goes when a person is erased.
        "CREATE INDEX visit_presence_user ON visit_presence (user_id)".to_owned(),
        delay(dialect),
    ];
    statements.extend(
        dialect.checked_column("hospital", ["emergency_text", "text", "length(emergency_text) BETWEEN 1 AND 1000"]),
    );
    statements
}

fn visit(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE visit (
  {id},
  appointment_id bigint NOT NULL CONSTRAINT visit_appointment UNIQUE REFERENCES appointment (id),
  {location_now},
  {call_back},
  {others_present},
  {consented_at},
  consent_version integer CHECK (consent_version > 0),
  {identity},
  checked_by bigint REFERENCES \"user\" (id),
  {checked_at},
  {skipped_reason},
  version integer NOT NULL DEFAULT 0 CHECK (version >= 0),
  {stamps},
  CONSTRAINT visit_consent_has_version CHECK ((consented_at IS NULL) = (consent_version IS NULL)),
  CONSTRAINT visit_checked_by_somebody CHECK ((checked_at IS NULL) = (checked_by IS NULL)),
  CONSTRAINT visit_checked_or_skipped CHECK ((checked_at IS NULL) = (identity IS NULL AND skipped_reason IS NULL)),
  CONSTRAINT visit_unknown_with_reason CHECK (identity <> 'not_possible' OR skipped_reason IS NOT NULL)
)",
        id = dialect.id(),
        location_now = text("location_now", 1, 255),
        call_back = text("call_back", 1, 32),
        others_present = text("others_present", 1, 255),
        consented_at = dialect.instant("consented_at"),
        identity = one_of("identity", &IDENTITIES),
        checked_at = dialect.instant("checked_at"),
        skipped_reason = text("skipped_reason", 1, 500),
        stamps = dialect.stamps(),
    )
}

fn presence(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE visit_presence (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {here_since} NOT NULL,
  {here_until} NOT NULL,
  {left_at},
  {stamps},
  CONSTRAINT visit_presence_person UNIQUE (appointment_id, user_id),
  CONSTRAINT visit_presence_lease CHECK (here_since <= here_until)
)",
        id = dialect.id(),
        here_since = dialect.instant("here_since"),
        here_until = dialect.instant("here_until"),
        left_at = dialect.instant("left_at"),
        stamps = dialect.stamps(),
    )
}

fn delay(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE doctor_delay (
  {id},
  doctor_id bigint NOT NULL REFERENCES doctor (id),
  {day} NOT NULL,
  minutes integer NOT NULL CHECK (minutes BETWEEN 0 AND 120),
  {stamps},
  CONSTRAINT doctor_delay_day UNIQUE (doctor_id, day)
)",
        id = dialect.id(),
        day = dialect.date("day"),
        stamps = dialect.stamps(),
    )
}

fn down(dialect: Dialect) -> Vec<String> {
    let mut statements = match dialect {
        Dialect::Postgres => vec!["ALTER TABLE hospital DROP CONSTRAINT hospital_emergency_text_check".to_owned()],
        Dialect::Sqlite => Vec::new(),
    };
    statements.extend(
        [
            "ALTER TABLE hospital DROP COLUMN emergency_text",
            "DROP TABLE doctor_delay",
            "DROP TABLE visit_presence",
            "DROP TABLE visit",
        ]
        .map(str::to_owned),
    );
    statements
}
