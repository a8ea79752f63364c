//! By what people, hospitals and fields are searched, put in order and kept unique: keys of the texts, made by the server.
//!
//! A database cannot make them, and no two agree on letters: SQLite knows those of ASCII, Postgres what its locale says. So the keys are
//! null here until a server fills them, a few hundred rows at a time beside its work; until then people are found by their names as
//! before. They are null again as soon as somebody else writes the text and not the key, such as a server of the version before.
//!
//! New columns that may be empty: no row is rewritten. The indexes are a change of their own ([`super::m0037_text_key_indexes`]), which
//! nobody waits for.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0036_text_keys", up, down };

const STALE: [Stale; 3] = [
    Stale {
        table: "\"user\"",
        trigger: "user_keys_stale",
        keys: &["name_key", "contact_key"],
        of: &[("name_key", &["first_name", "last_name"]), ("contact_key", &["email", "phone"])],
    },
    Stale { table: "hospital", trigger: "hospital_keys_stale", keys: &["name_key"], of: &[("name_key", &["name"])] },
    Stale {
        table: "doctor",
        trigger: "doctor_keys_stale",
        keys: &["specialization_key", "license_key"],
        of: &[("specialization_key", &["specialization"]), ("license_key", &["license_number"])],
    },
];

fn up(dialect: Dialect) -> Vec<String> {
    STALE.iter().flat_map(|stale| stale.up(dialect)).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    STALE.iter().rev().flat_map(|stale| stale.down(dialect)).collect()
}

/// Keys that are taken away when the text that they are of is written and they are not.
struct Stale {
    table: &'static str,
    trigger: &'static str,
    /// All that are taken away together.
    keys: &'static [&'static str],
    /// Each of them, and the columns that it is made of.
    of: &'static [(&'static str, &'static [&'static str])],
}

impl Stale {
    fn up(&self, dialect: Dialect) -> Vec<String> {
        let Self { table, trigger, .. } = self;
        let texts: Vec<&str> = self.of.iter().flat_map(|(_, texts)| texts.iter().copied()).collect();
        let event = format!("UPDATE OF {} ON {table} FOR EACH ROW", texts.join(", "));
        let columns = self.keys.iter().map(|key| format!("ALTER TABLE {table} ADD COLUMN {}", dialect.key(key)));
        let trigger = match dialect {
            Dialect::Postgres => {
                let forget = self.forgotten("NEW.", " := NULL", ";\n  ");
                vec![
                    format!(
                        "CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {forget};
  RETURN NEW;
END $$"
                    ),
                    format!(
                        "CREATE TRIGGER {trigger} BEFORE {event} WHEN ({})
  EXECUTE FUNCTION {trigger}()",
                        self.condition("IS DISTINCT FROM", "IS NOT DISTINCT FROM")
                    ),
                ]
            }
            Dialect::Sqlite => vec![format!(
                "CREATE TRIGGER {trigger} AFTER {event} WHEN {}
BEGIN
  UPDATE {table} SET {} WHERE id = NEW.id;
END",
                self.condition("IS NOT", "IS"),
                self.forgotten("", " = NULL", ", ")
            )],
        };
        columns.chain(trigger).collect()
    }

    fn down(&self, dialect: Dialect) -> Vec<String> {
        let Self { table, trigger, .. } = self;
        let columns = self.keys.iter().rev().map(|key| format!("ALTER TABLE {table} DROP COLUMN {key}"));
        let gone = match dialect {
            Dialect::Postgres => {
                vec![format!("DROP TRIGGER {trigger} ON {table}"), format!("DROP FUNCTION {trigger}()")]
            }
            Dialect::Sqlite => vec![format!("DROP TRIGGER {trigger}")],
        };
        gone.into_iter().chain(columns).collect()
    }

    fn forgotten(&self, before: &str, after: &str, between: &str) -> String {
        let keys: Vec<String> = self.keys.iter().map(|key| format!("{before}{key}{after}")).collect();
        keys.join(between)
    }

    fn condition(&self, differs: &str, is: &str) -> String {
        let stale = self.of.iter().map(|(key, texts)| {
            let changed: Vec<String> = texts.iter().map(|text| format!("NEW.{text} {differs} OLD.{text}")).collect();
            format!("(NEW.{key} {is} OLD.{key} AND ({}))", changed.join(" OR "))
        });
        stale.collect::<Vec<_>>().join(" OR ")
    }
}
