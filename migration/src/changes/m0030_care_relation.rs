//! Who has had visits with whom, counted: one row for each doctor and patient, so that "my patients" and "completed visits" do not
//! read years of visits.
//!
//! Triggers keep the counts, not the services: each change of a visit, by whatever program and in whatever release, counts in the
//! transaction that makes it, or not at all. Two at once on one pair wait for each other at its row, and the second adds to
//! what the first has left; a service that reads, adds and writes would lose one of them. Of the steps in a visit's life only
//! three change a count: being asked for or booked, declined, completed.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0030_care_relation", up, down };

/// What changes a count.
const COUNTS_OTHERWISE: &str = "OLD.doctor_id <> NEW.doctor_id OR OLD.patient_id <> NEW.patient_id
    OR (OLD.status = 'rejected') <> (NEW.status = 'rejected') OR (OLD.status = 'completed') <> (NEW.status = 'completed')";

/// The visits that are there already. After the triggers: from then on, writers wait for the end of this change.
const FILL: &str = "INSERT INTO care_relation (doctor_id, patient_id, visits, completed)
  SELECT doctor_id, patient_id, count(*), count(*) FILTER (WHERE status = 'completed')
  FROM appointment WHERE status <> 'rejected' GROUP BY doctor_id, patient_id";

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE care_relation (
  {id},
  doctor_id bigint NOT NULL REFERENCES doctor (id),
  patient_id bigint NOT NULL REFERENCES patient (id),
  visits bigint NOT NULL CHECK (visits >= completed),
  completed bigint NOT NULL CHECK (completed >= 0),
  {stamps},
  CONSTRAINT care_relation_parties UNIQUE (doctor_id, patient_id)
)",
        id = dialect.id(),
        stamps = dialect.stamps(),
    );
    // A patient's own counts: with how many doctors, how many visits.
    let index =
        format!("CREATE INDEX care_relation_patient ON care_relation {}", dialect.covering("patient_id", "completed"));
    let triggers = match dialect {
        Dialect::Postgres => on_postgres(),
        Dialect::Sqlite => on_sqlite(),
    };
    [table, index].into_iter().chain(triggers).chain([FILL.to_owned()]).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let names = ["on_delete", "on_update", "on_insert"];
    let triggers = names.map(|name| match dialect {
        Dialect::Postgres => format!("DROP TRIGGER care_relation_{name} ON appointment"),
        Dialect::Sqlite => format!("DROP TRIGGER care_relation_{name}"),
    });
    let function = (dialect == Dialect::Postgres).then(|| "DROP FUNCTION care_relation_count()".to_owned());
    triggers.into_iter().chain(function).chain(["DROP TABLE care_relation".to_owned()]).collect()
}

fn on_postgres() -> Vec<String> {
    let function = format!(
        "CREATE OR REPLACE FUNCTION care_relation_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    {};
  END IF;
  IF TG_OP <> 'DELETE' THEN
    {};
  END IF;
  RETURN NULL;
END $$",
        taken("(OLD.status <> 'rejected')::int", "(OLD.status = 'completed')::int"),
        added("(NEW.status <> 'rejected')::int", "(NEW.status = 'completed')::int"),
    );
    let trigger = |name: &str, event: &str, when: &str| {
        format!(
            "CREATE TRIGGER care_relation_{name} AFTER {event} ON appointment FOR EACH ROW{when}
  EXECUTE FUNCTION care_relation_count()"
        )
    };
    vec![
        function,
        trigger("on_insert", "INSERT", " WHEN (NEW.status <> 'rejected')"),
        trigger("on_update", "UPDATE", &format!(" WHEN ({COUNTS_OTHERWISE})")),
        trigger("on_delete", "DELETE", ""),
    ]
}

fn on_sqlite() -> Vec<String> {
    let (taken, added) = (
        taken("(OLD.status <> 'rejected')", "(OLD.status = 'completed')"),
        added("(NEW.status <> 'rejected')", "(NEW.status = 'completed')"),
    );
    let trigger = |name: &str, event: &str, body: &str| {
        format!("CREATE TRIGGER care_relation_{name} AFTER {event} ON appointment FOR EACH ROW{body}")
    };
    vec![
        trigger("on_insert", "INSERT", &format!(" WHEN NEW.status <> 'rejected'\nBEGIN\n  {added};\nEND")),
        trigger("on_update", "UPDATE", &format!(" WHEN {COUNTS_OTHERWISE}\nBEGIN\n  {taken};\n  {added};\nEND")),
        trigger("on_delete", "DELETE", &format!("\nBEGIN\n  {taken};\nEND")),
    ]
}

/// The row before the change does not count any more.
fn taken(visits: &str, completed: &str) -> String {
    format!(
        "UPDATE care_relation SET visits = visits - {visits}, completed = completed - {completed}
      WHERE doctor_id = OLD.doctor_id AND patient_id = OLD.patient_id"
    )
}

/// The row after the change counts.
fn added(visits: &str, completed: &str) -> String {
    format!(
        "INSERT INTO care_relation (doctor_id, patient_id, visits, completed, created_at, updated_at)
      VALUES (NEW.doctor_id, NEW.patient_id, {visits}, {completed}, NEW.updated_at, NEW.updated_at)
      ON CONFLICT (doctor_id, patient_id) DO UPDATE SET visits = care_relation.visits + excluded.visits,
        completed = care_relation.completed + excluded.completed, updated_at = excluded.updated_at"
    )
}
