//! The seals of the trail: one chain for each hospital, and one for the platform.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0023_audit_seal", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE audit_seal (
  {id},
  hospital_id bigint REFERENCES hospital (id),
  sequence bigint NOT NULL CHECK (sequence > 0),
  first_entry_id bigint NOT NULL,
  last_entry_id bigint NOT NULL CHECK (last_entry_id >= first_entry_id),
  entry_count integer NOT NULL CHECK (entry_count > 0),
  members {bytes} NOT NULL,
  digest {bytes} NOT NULL,
  {sealed_at} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        sealed_at = dialect.instant("sealed_at"),
        stamps = dialect.stamps(),
    );
    [
        table,
        // Two instances that seal at the same time: one of them wins. The platform's chain has no hospital.
        "CREATE UNIQUE INDEX audit_seal_place ON audit_seal ((coalesce(hospital_id, 0)), sequence)".to_owned(),
        // The last seal of a chain; the chain in order.
        "CREATE INDEX audit_seal_chain ON audit_seal (hospital_id, sequence)".to_owned(),
        // The next entries of a chain.
        "CREATE INDEX audit_entry_chain ON audit_entry (hospital_id, id)".to_owned(),
    ]
    .into_iter()
    .chain(append_only(dialect))
    .collect()
}

/// As for the trail itself; the function is from m0014.
fn append_only(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => vec![
            "CREATE TRIGGER audit_seal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                .to_owned(),
        ],
        Dialect::Sqlite => ["update", "delete"]
            .map(|event| {
                format!(
                    "CREATE TRIGGER audit_seal_no_{event} BEFORE {event} ON audit_seal FOR EACH ROW
BEGIN
  SELECT RAISE(ABORT, 'audit_seal is append-only');
END"
                )
            })
            .into(),
    }
}

fn down(_: Dialect) -> Vec<String> {
    vec!["DROP INDEX audit_entry_chain".to_owned(), "DROP TABLE audit_seal".to_owned()]
}
