//! Guests of calls: an interpreter, family or another clinician, who have no account and come by a link that the doctor gives them. A page of a call is
//! then somebody's who has an account, or a guest's.

use super::m0059_tables_written_all_day::{CHANGED, set};
use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0105_visit_guest", up, down };

const KINDS: [&str; 3] = ["interpreter", "family", "clinician"];

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![
        guest(dialect),
        "CREATE INDEX visit_guest_of_visit ON visit_guest (appointment_id)".to_owned(),
        // Whose names are old enough to go.
        "CREATE INDEX visit_guest_named ON visit_guest (expires_at) WHERE name IS NOT NULL".to_owned(),
    ];
    // A server that knows of no guests writes those with accounts alone.
    let column = ["guest_id", "bigint REFERENCES visit_guest (id)", "(user_id IS NULL) <> (guest_id IS NULL)"];
    statements.extend(dialect.checked_column("call_peer", column));
    if dialect == Dialect::Postgres {
        statements.push(set("visit_guest", CHANGED));
    }
    statements
}

fn guest(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE visit_guest (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  {name},
  {kind} NOT NULL,
  token_hash {bytes} NOT NULL CHECK (length(token_hash) = 32),
  {form_token} NOT NULL,
  invited_by bigint NOT NULL REFERENCES \"user\" (id),
  {expires_at} NOT NULL,
  {here_since},
  {here_until},
  {admitted_at},
  admitted_by bigint REFERENCES \"user\" (id),
  {revoked_at},
  {stamps},
  CONSTRAINT visit_guest_form UNIQUE (invited_by, form_token),
  CONSTRAINT visit_guest_lease CHECK ((here_since IS NULL) = (here_until IS NULL) AND here_since <= here_until),
  CONSTRAINT visit_guest_admitted_by_somebody CHECK ((admitted_at IS NULL) = (admitted_by IS NULL))
)",
        id = dialect.id(),
        name = text("name", 1, 120),
        kind = one_of("kind", &KINDS),
        bytes = dialect.bytes(),
        form_token = text("form_token", 1, 64),
        expires_at = dialect.instant("expires_at"),
        here_since = dialect.instant("here_since"),
        here_until = dialect.instant("here_until"),
        admitted_at = dialect.instant("admitted_at"),
        revoked_at = dialect.instant("revoked_at"),
        stamps = dialect.stamps(),
    )
}

/// The pages of guests go with them.
fn down(dialect: Dialect) -> Vec<String> {
    let mut statements = vec!["DELETE FROM call_peer WHERE user_id IS NULL".to_owned()];
    if dialect == Dialect::Postgres {
        statements.push("ALTER TABLE call_peer DROP CONSTRAINT call_peer_guest_id_check".to_owned());
    }
    statements.push("ALTER TABLE call_peer DROP COLUMN guest_id".to_owned());
    statements.push("DROP TABLE visit_guest".to_owned());
    statements
}
