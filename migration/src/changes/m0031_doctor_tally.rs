//! How many patients each doctor has seen, counted: those with whom a visit was completed. Kept by triggers, for the reasons that
//! `m0030_care_relation` gives, from the rows of that table: it changes with a patient's first completed visit.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0031_doctor_tally", up, down };

/// The triggers, when they run, and by how much the number changes.
const TRIGGERS: [(&str, &str, &str, i8); 3] = [
    ("on_insert", "INSERT", "NEW.completed > 0", 1),
    ("on_more", "UPDATE", "OLD.completed = 0 AND NEW.completed > 0", 1),
    ("on_less", "UPDATE", "OLD.completed > 0 AND NEW.completed = 0", -1),
];

/// After the triggers: from then on, writers wait for the end of this change.
const FILL: &str = "INSERT INTO doctor_tally (doctor_id, patients_seen)
  SELECT doctor_id, count(*) FROM care_relation WHERE completed > 0 GROUP BY doctor_id";

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE doctor_tally (
  {id},
  doctor_id bigint NOT NULL CONSTRAINT doctor_tally_doctor UNIQUE REFERENCES doctor (id),
  patients_seen bigint NOT NULL CHECK (patients_seen >= 0),
  {stamps}
)",
        id = dialect.id(),
        stamps = dialect.stamps(),
    );
    let function = (dialect == Dialect::Postgres).then(|| {
        format!(
            "CREATE OR REPLACE FUNCTION doctor_tally_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {};
  RETURN NULL;
END $$",
            counted("TG_ARGV[0]::bigint")
        )
    });
    let triggers = TRIGGERS.map(|(name, event, when, by)| match dialect {
        Dialect::Postgres => format!(
            "CREATE TRIGGER doctor_tally_{name} AFTER {event} ON care_relation FOR EACH ROW WHEN ({when})
  EXECUTE FUNCTION doctor_tally_count('{by}')"
        ),
        Dialect::Sqlite => format!(
            "CREATE TRIGGER doctor_tally_{name} AFTER {event} ON care_relation FOR EACH ROW WHEN {when}
BEGIN
  {};
END",
            counted(&by.to_string())
        ),
    });
    [table].into_iter().chain(function).chain(triggers).chain([FILL.to_owned()]).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let triggers = TRIGGERS.map(|(name, ..)| match dialect {
        Dialect::Postgres => format!("DROP TRIGGER doctor_tally_{name} ON care_relation"),
        Dialect::Sqlite => format!("DROP TRIGGER doctor_tally_{name}"),
    });
    let function = (dialect == Dialect::Postgres).then(|| "DROP FUNCTION doctor_tally_count()".to_owned());
    triggers.into_iter().chain(function).chain(["DROP TABLE doctor_tally".to_owned()]).collect()
}

/// A doctor who has no row yet sees their first: nothing is taken from a number that was never added to.
fn counted(by: &str) -> String {
    format!(
        "INSERT INTO doctor_tally (doctor_id, patients_seen, created_at, updated_at)
      VALUES (NEW.doctor_id, 1, NEW.updated_at, NEW.updated_at)
      ON CONFLICT (doctor_id) DO UPDATE SET patients_seen = doctor_tally.patients_seen + {by},
        updated_at = excluded.updated_at"
    )
}
