//! The trail and the history of appointments can be added to and read, nothing else.
//!
//! A trigger refuses UPDATE, DELETE and, on Postgres, TRUNCATE for every role alike. It needs no
//! second role and no grants, so the rule holds on a hosted database with a single user as well.
//! Only the owner of the tables can take it away, by `migration down` or by hand.

use crate::change::Change;
use crate::dialect::Dialect;

const TABLES: [&str; 2] = ["audit_entry", "appointment_event"];

pub(crate) const CHANGE: Change = Change { name: "m0014_append_only", up, down };

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => {
            let function = "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$";
            let triggers = TABLES.map(|table| {
                format!(
                    "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
                )
            });
            [function.to_owned()].into_iter().chain(triggers).collect()
        }
        Dialect::Sqlite => each_table_and_event(|table, event| {
            format!(
                "CREATE TRIGGER {table}_no_{event} BEFORE {event} ON {table} FOR EACH ROW
BEGIN
  SELECT RAISE(ABORT, '{table} is append-only');
END"
            )
        }),
    }
}

fn down(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => TABLES
            .map(|table| format!("DROP TRIGGER {table}_append_only ON {table}"))
            .into_iter()
            .chain(["DROP FUNCTION refuse_change()".to_owned()])
            .collect(),
        Dialect::Sqlite => each_table_and_event(|table, event| format!("DROP TRIGGER {table}_no_{event}")),
    }
}

fn each_table_and_event(sql: impl Fn(&str, &str) -> String) -> Vec<String> {
    TABLES.iter().flat_map(|table| ["update", "delete"].map(|event| sql(table, event))).collect()
}
