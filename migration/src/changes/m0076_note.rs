//! The note of a visit, its versions while it is written, and what is put beneath it once it is signed.

use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

/// The longest text of a note.
const LONG: u16 = 20_000;

pub(super) const TEXTS: [&str; 5] = ["subjective", "objective", "assessment", "plan", "summary"];

pub(crate) const CHANGE: Change = Change {
    name: "m0076_note",
    up,
    down: |_| ["note_addendum", "note_revision", "note"].map(|table| format!("DROP TABLE {table}")).into(),
};

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        note(dialect),
        // What its doctor has yet to sign.
        "CREATE INDEX note_draft ON note (author_id, id) WHERE state = 'draft'".to_owned(),
        revision(dialect),
        addendum(dialect),
        "CREATE INDEX note_addendum_note ON note_addendum (note_id, id)".to_owned(),
    ]
}

fn texts() -> String {
    TEXTS.map(|column| text(column, 1, LONG)).join(",\n  ")
}

/// A signed note says something of what its doctor makes of the visit, or of what is to be done.
fn note(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE note (
  {id},
  appointment_id bigint NOT NULL CONSTRAINT note_of_visit UNIQUE REFERENCES appointment (id),
  author_id bigint NOT NULL REFERENCES \"user\" (id),
  {state} NOT NULL,
  {texts},
  {template},
  {signed_at},
  signed_by bigint REFERENCES \"user\" (id),
  sha256 {bytes} CHECK (length(sha256) = 32),
  {withheld_reason},
  version integer NOT NULL CHECK (version >= 1),
  {stamps},
  CONSTRAINT note_signed CHECK ((state = 'signed') = (signed_at IS NOT NULL) AND (state = 'signed') = (signed_by IS NOT NULL)),
  CONSTRAINT note_says_something CHECK (state = 'draft' OR assessment IS NOT NULL OR plan IS NOT NULL),
  CONSTRAINT note_draft_is_plain CHECK (state = 'signed' OR sha256 IS NULL)
)",
        id = dialect.id(),
        state = one_of("state", &["draft", "signed"]),
        texts = texts(),
        template = one_of("template", &["general", "follow_up", "medication_review"]),
        signed_at = dialect.instant("signed_at"),
        bytes = dialect.bytes(),
        withheld_reason = text("withheld_reason", 1, 500),
        stamps = dialect.stamps(),
    )
}

fn revision(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE note_revision (
  {id},
  note_id bigint NOT NULL REFERENCES note (id),
  version integer NOT NULL CHECK (version >= 1),
  {texts},
  session_id bigint NOT NULL,
  {stamps},
  CONSTRAINT note_revision_version UNIQUE (note_id, version)
)",
        id = dialect.id(),
        texts = texts(),
        stamps = dialect.stamps(),
    )
}

fn addendum(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE note_addendum (
  {id},
  note_id bigint NOT NULL REFERENCES note (id),
  author_id bigint NOT NULL REFERENCES \"user\" (id),
  {kind} NOT NULL,
  {text} NOT NULL,
  {reason} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        kind = one_of("kind", &["addition", "entered_in_error"]),
        text = text("text", 1, 10_000),
        reason = text("reason", 1, 500),
        stamps = dialect.stamps(),
    )
}
