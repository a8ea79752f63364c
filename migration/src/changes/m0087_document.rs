//! Documents about a visit, which are given to its patient: prescriptions, referrals, sick notes, letters.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0087_document", up, down: |_| drop_table("document") };

/// Numbered within the hospital, the first one 1.
fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE document (
  {id},
  hospital_id bigint NOT NULL REFERENCES hospital (id),
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  {kind} NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  {body} NOT NULL,
  {token},
  {issued_at} NOT NULL,
  issued_by bigint NOT NULL REFERENCES \"user\" (id),
  {revoked_at},
  revoked_by bigint REFERENCES \"user\" (id),
  {revoked_reason},
  version integer NOT NULL DEFAULT 0 CHECK (version >= 0),
  {stamps},
  CONSTRAINT document_number UNIQUE (hospital_id, number),
  CONSTRAINT document_token UNIQUE (issued_by, token),
  CONSTRAINT document_revoked CHECK ((revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_reason IS NULL))
)",
            id = dialect.id(),
            kind = one_of("kind", &["prescription", "referral", "sick_note", "letter"]),
            body = text("body", 1, 10_000),
            token = text("token", 1, 64),
            issued_at = dialect.instant("issued_at"),
            revoked_at = dialect.instant("revoked_at"),
            revoked_reason = text("revoked_reason", 1, 500),
            stamps = dialect.stamps(),
        ),
        "CREATE INDEX document_visit ON document (appointment_id, id)".to_owned(),
    ]
}
