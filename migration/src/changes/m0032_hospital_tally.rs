//! How many active people of each role a hospital has, counted: its dashboard, its page and the platform's dashboard show them,
//! and counting patients takes longer with each who signs up. Kept by triggers, for the reasons that `m0030_care_relation` gives.
//! Who signs up in a hospital waits at its row for whoever is just doing so as well: some milliseconds, far less than the
//! hashing of the password has taken; once at most `CACHE_LEASE_MS`, when an instance has stopped that is to be told.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0032_hospital_tally", up, down };

/// Roles within a hospital, and the columns in which they are counted.
const COUNTED: [(&str, &str); 3] = [("admins", "hospital_admin"), ("doctors", "doctor"), ("patients", "patient")];

/// What changes a count. A hospital is null for super administrators, and stays so.
const COUNTS_OTHERWISE: &str = "OLD.active <> NEW.active OR OLD.role <> NEW.role OR OLD.hospital_id <> NEW.hospital_id";

fn up(dialect: Dialect) -> Vec<String> {
    let columns = COUNTED.map(|(column, _)| format!("{column} bigint NOT NULL CHECK ({column} >= 0)")).join(",\n  ");
    let table = format!(
        "CREATE TABLE hospital_tally (
  {id},
  hospital_id bigint NOT NULL CONSTRAINT hospital_tally_hospital UNIQUE REFERENCES hospital (id),
  {columns},
  {stamps}
)",
        id = dialect.id(),
        stamps = dialect.stamps(),
    );
    let triggers = match dialect {
        Dialect::Postgres => on_postgres(),
        Dialect::Sqlite => on_sqlite(),
    };
    // After the triggers: from then on, writers wait for the end of this change.
    let counts = COUNTED.map(|(_, role)| format!("count(*) FILTER (WHERE role = '{role}')"));
    let fill = format!(
        "INSERT INTO hospital_tally (hospital_id, {})
  SELECT hospital_id, {} FROM \"user\" WHERE active AND hospital_id IS NOT NULL GROUP BY hospital_id",
        columns_named(),
        counts.join(", ")
    );
    [table].into_iter().chain(triggers).chain([fill]).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let triggers = ["on_delete", "on_update", "on_insert"].map(|name| match dialect {
        Dialect::Postgres => format!("DROP TRIGGER hospital_tally_{name} ON \"user\""),
        Dialect::Sqlite => format!("DROP TRIGGER hospital_tally_{name}"),
    });
    let function = (dialect == Dialect::Postgres).then(|| "DROP FUNCTION hospital_tally_count()".to_owned());
    triggers.into_iter().chain(function).chain(["DROP TABLE hospital_tally".to_owned()]).collect()
}

fn on_postgres() -> Vec<String> {
    let function = format!(
        "CREATE OR REPLACE FUNCTION hospital_tally_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    {};
  END IF;
  IF TG_OP <> 'DELETE' THEN
    {};
  END IF;
  RETURN NULL;
END $$",
        taken(|role| format!("(OLD.active AND OLD.role = '{role}')::int")),
        added(|role| format!("(NEW.active AND NEW.role = '{role}')::int"), "NEW.hospital_id IS NOT NULL"),
    );
    let trigger = |name: &str, event: &str, when: &str| {
        format!(
            "CREATE TRIGGER hospital_tally_{name} AFTER {event} ON \"user\" FOR EACH ROW{when}
  EXECUTE FUNCTION hospital_tally_count()"
        )
    };
    vec![
        function,
        trigger("on_insert", "INSERT", " WHEN (NEW.active)"),
        trigger("on_update", "UPDATE", &format!(" WHEN ({COUNTS_OTHERWISE})")),
        trigger("on_delete", "DELETE", " WHEN (OLD.active)"),
    ]
}

fn on_sqlite() -> Vec<String> {
    let taken = taken(|role| format!("(OLD.active AND OLD.role = '{role}')"));
    let added = added(|role| format!("(NEW.active AND NEW.role = '{role}')"), "NEW.hospital_id IS NOT NULL");
    let trigger = |name: &str, event: &str, body: &str| {
        format!("CREATE TRIGGER hospital_tally_{name} AFTER {event} ON \"user\" FOR EACH ROW{body}")
    };
    vec![
        trigger("on_insert", "INSERT", &format!(" WHEN NEW.active\nBEGIN\n  {added};\nEND")),
        trigger("on_update", "UPDATE", &format!(" WHEN {COUNTS_OTHERWISE}\nBEGIN\n  {taken};\n  {added};\nEND")),
        trigger("on_delete", "DELETE", &format!(" WHEN OLD.active\nBEGIN\n  {taken};\nEND")),
    ]
}

fn columns_named() -> String {
    COUNTED.map(|(column, _)| column).join(", ")
}

/// The row before the change does not count any more.
fn taken(counts: impl Fn(&str) -> String) -> String {
    let less = COUNTED.map(|(column, role)| format!("{column} = {column} - {}", counts(role)));
    format!("UPDATE hospital_tally SET {} WHERE hospital_id = OLD.hospital_id", less.join(", "))
}

/// The row after the change counts.
fn added(counts: impl Fn(&str) -> String, where_known: &str) -> String {
    let values = COUNTED.map(|(_, role)| counts(role)).join(", ");
    let more = COUNTED.map(|(column, _)| format!("{column} = hospital_tally.{column} + excluded.{column}")).join(", ");
    format!(
        "INSERT INTO hospital_tally (hospital_id, {}, created_at, updated_at)
      SELECT NEW.hospital_id, {values}, NEW.updated_at, NEW.updated_at WHERE {where_known}
      ON CONFLICT (hospital_id) DO UPDATE SET {more}, updated_at = excluded.updated_at",
        columns_named()
    )
}
