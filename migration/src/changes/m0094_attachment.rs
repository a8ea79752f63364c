//! What is attached to messages: a picture or a document for each message at most. What it is stands in one table and the file itself in another,
//! so that nothing that lists attachments reads a file. One about which the virus scanner did not answer is kept apart until it does.

use crate::change::Change;
use crate::dialect::{Dialect, one_of, text};

pub(crate) const CHANGE: Change = Change { name: "m0094_attachment", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    let mut statements = vec![
        format!(
            "CREATE TABLE attachment (
  {id},
  hospital_id bigint NOT NULL REFERENCES hospital (id),
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  message_id bigint NOT NULL REFERENCES message (id),
  uploader_id bigint NOT NULL REFERENCES \"user\" (id),
  {name} NOT NULL,
  {media_type} NOT NULL,
  bytes integer NOT NULL CHECK (bytes >= 1),
  sha256 {digest} CHECK (length(sha256) = 32),
  {state} NOT NULL,
  {stamps},
  CONSTRAINT attachment_message UNIQUE (message_id)
)",
            id = dialect.id(),
            name = text("name", 1, 120),
            media_type = one_of("media_type", &["image/jpeg", "image/png", "application/pdf"]),
            digest = dialect.bytes(),
            state = one_of("state", &["quarantined", "clean", "refused"]),
            stamps = dialect.stamps(),
        ),
        // How many a visit has.
        "CREATE INDEX attachment_visit ON attachment (appointment_id)".to_owned(),
        // Which are to be looked at.
        "CREATE INDEX attachment_quarantined ON attachment (id) WHERE state = 'quarantined'".to_owned(),
        // How many bytes a hospital has.
        format!("CREATE INDEX attachment_hospital ON attachment {}", dialect.covering("hospital_id", "bytes")),
        files(dialect),
    ];
    if dialect == Dialect::Postgres {
        // Pictures and documents are compressed already.
        statements.push("ALTER TABLE attachment_data ALTER COLUMN data SET STORAGE EXTERNAL".to_owned());
    }
    statements
}

fn files(dialect: Dialect) -> String {
    format!(
        "CREATE TABLE attachment_data (
  {id},
  attachment_id bigint NOT NULL REFERENCES attachment (id),
  data {data} NOT NULL,
  {stamps},
  CONSTRAINT attachment_data_of UNIQUE (attachment_id)
)",
        id = dialect.id(),
        data = dialect.bytes(),
        stamps = dialect.stamps(),
    )
}

fn down(_: Dialect) -> Vec<String> {
    ["DROP TABLE attachment_data", "DROP TABLE attachment"].map(str::to_owned).to_vec()
}
