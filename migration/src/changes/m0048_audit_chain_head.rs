//! The last seal of each chain, in a row of its own: sealing and its search for what is not sealed yet cost the same after ten years
//! as on the first day.
//!
//! A trigger keeps it, not the server: a seal that a server of the release before makes moves it as well, or none of the new ones
//! would ever find the place after it.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0048_audit_chain_head", up, down };

/// After the trigger: from then on, whoever seals waits for the end of this change.
const FILL: &str = "INSERT INTO audit_chain_head (chain, sequence, last_entry_id, digest)
  SELECT last.chain, last.sequence, audit_seal.last_entry_id, audit_seal.digest
  FROM (SELECT coalesce(hospital_id, 0) AS chain, max(sequence) AS sequence FROM audit_seal GROUP BY 1) AS last
  JOIN audit_seal ON coalesce(audit_seal.hospital_id, 0) = last.chain AND audit_seal.sequence = last.sequence";

/// The row after a new seal. One that comes later and stands before it, by whatever hand, changes nothing.
const FOLLOW: &str = "INSERT INTO audit_chain_head (chain, sequence, last_entry_id, digest, created_at, updated_at)
  VALUES (coalesce(NEW.hospital_id, 0), NEW.sequence, NEW.last_entry_id, NEW.digest, NEW.created_at, NEW.updated_at)
  ON CONFLICT (chain) DO UPDATE SET sequence = excluded.sequence, last_entry_id = excluded.last_entry_id,
    digest = excluded.digest, updated_at = excluded.updated_at
  WHERE audit_chain_head.sequence < excluded.sequence";

fn up(dialect: Dialect) -> Vec<String> {
    // 0 is the platform: a null would be unlike itself.
    let table = format!(
        "CREATE TABLE audit_chain_head (
  {id},
  chain bigint NOT NULL CONSTRAINT audit_chain_head_chain UNIQUE CHECK (chain >= 0),
  sequence bigint NOT NULL CHECK (sequence > 0),
  last_entry_id bigint NOT NULL,
  digest {bytes} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        stamps = dialect.stamps(),
    );
    let triggers = match dialect {
        Dialect::Postgres => vec![
            format!(
                "CREATE OR REPLACE FUNCTION audit_chain_head_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {FOLLOW};
  RETURN NULL;
END $$"
            ),
            "CREATE TRIGGER audit_seal_moves_head AFTER INSERT ON audit_seal FOR EACH ROW
  EXECUTE FUNCTION audit_chain_head_follow()"
                .to_owned(),
        ],
        Dialect::Sqlite => vec![format!(
            "CREATE TRIGGER audit_seal_moves_head AFTER INSERT ON audit_seal FOR EACH ROW
BEGIN
  {FOLLOW};
END"
        )],
    };
    [table].into_iter().chain(triggers).chain([FILL.to_owned()]).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let gone = match dialect {
        Dialect::Postgres => vec![
            "DROP TRIGGER audit_seal_moves_head ON audit_seal".to_owned(),
            "DROP FUNCTION audit_chain_head_follow()".to_owned(),
        ],
        Dialect::Sqlite => vec!["DROP TRIGGER audit_seal_moves_head".to_owned()],
    };
    gone.into_iter().chain(["DROP TABLE audit_chain_head".to_owned()]).collect()
}
