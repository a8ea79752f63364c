//! Mails that tell that there are messages which somebody has not read.
//!
//! As with m0051: a server of the release before leaves them alone. On Postgres no row is looked at, for the new rules allow more; SQLite cannot change
//! a CHECK, so the table is made anew, the rows go over, and numbers go on where they were.

use super::{
    m0026_mail, m0049_sweep_indexes, m0051_account_mail, m0053_account_mail_indexes, m0058_followed_references,
};
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change { name: "m0084_message_mail", up, down };

const OLD_KINDS: [&str; 5] = ["notice", "reminder", "password_link", "address_link", "security"];
const KINDS: [&str; 6] = ["notice", "reminder", "password_link", "address_link", "security", "messages"];
const OLD_VISIT: &str = "(kind IN ('notice', 'reminder')) = (appointment_id IS NOT NULL)";
const VISIT: &str = "(kind IN ('notice', 'reminder', 'messages')) = (appointment_id IS NOT NULL)";
const INDEXES: [&str; 7] = [
    "mail_due",
    "mail_retried",
    "mail_over",
    "mail_password_link",
    "mail_security",
    "mail_of_address_link",
    "mail_recipient",
];
const COLUMNS: &str = "id, recipient_id, kind, notice, appointment_id, appointment_version, visit_starts_at, password_link_id, \
                       address_link_id, address, security_event, status, due_at, attempts, last_error, finished_at, created_at, updated_at";

fn up(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => allowing(&KINDS, VISIT, " NOT VALID"),
        Dialect::Sqlite => {
            let table = table(dialect).replace(&list(&OLD_KINDS), &list(&KINDS)).replace(OLD_VISIT, VISIT);
            made_anew(dialect, table, "")
        }
    }
}

fn down(dialect: Dialect) -> Vec<String> {
    match dialect {
        Dialect::Postgres => ["DELETE FROM mail WHERE kind = 'messages'".to_owned()]
            .into_iter()
            .chain(allowing(&OLD_KINDS, OLD_VISIT, ""))
            .collect(),
        Dialect::Sqlite => made_anew(dialect, table(dialect), " WHERE kind <> 'messages'"),
    }
}

fn allowing(kinds: &[&str], visit: &str, looked_at: &str) -> Vec<String> {
    vec![
        "ALTER TABLE mail DROP CONSTRAINT mail_kind_check".to_owned(),
        "ALTER TABLE mail DROP CONSTRAINT mail_visit".to_owned(),
        format!("ALTER TABLE mail ADD CONSTRAINT mail_kind_check CHECK (kind IN ({})){looked_at}", list(kinds)),
        format!("ALTER TABLE mail ADD CONSTRAINT mail_visit CHECK ({visit}){looked_at}"),
    ]
}

/// As m0051 made it.
fn table(dialect: Dialect) -> String {
    let made = (m0051_account_mail::CHANGE.up)(dialect);
    made.into_iter().find(|statement| statement.starts_with("CREATE TABLE mail (")).unwrap_or_default()
}

/// The statements after which `mail` is `table`, with the rows that are `kept`.
fn made_anew(dialect: Dialect, table: String, kept: &str) -> Vec<String> {
    let mut statements: Vec<String> = INDEXES.iter().map(|index| format!("DROP INDEX {index}")).collect();
    statements.push("ALTER TABLE mail RENAME TO mail_before".to_owned());
    statements.push(table);
    statements.push(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'mail', seq FROM sqlite_sequence WHERE name = 'mail_before'"
            .to_owned(),
    );
    statements.push(format!("INSERT INTO mail ({COLUMNS}) SELECT {COLUMNS} FROM mail_before{kept}"));
    statements.push("DROP TABLE mail_before".to_owned());
    let before = [
        m0026_mail::CHANGE.up,
        m0049_sweep_indexes::CHANGE.up,
        m0053_account_mail_indexes::CHANGE.up,
        m0058_followed_references::CHANGE.up,
    ];
    let indexes = before.into_iter().flat_map(|change| change(dialect));
    statements.extend(indexes.filter(|statement| statement.starts_with("CREATE INDEX mail_")));
    statements
}
