//! Mails that carry a link to an address, and mails that tell the owner of an account what was done to it.
//!
//! A server of the release before goes on beside it: it writes none of the new columns, and leaves mails alone whose kind it does not know.
//! On Postgres no row is looked at: all there are hold to the new rules, which allow more. SQLite cannot change a CHECK: the table is made anew,
//! the rows go over, and numbers go on where they were.

use super::{m0026_mail, m0049_sweep_indexes};
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change { name: "m0051_account_mail", up, down };

const OLD_KINDS: [&str; 3] = ["notice", "reminder", "password_link"];
const KINDS: [&str; 5] = ["notice", "reminder", "password_link", "address_link", "security"];
pub(super) const EVENTS: [&str; 11] = [
    "password_changed",
    "new_device",
    "sessions_ended",
    "second_factor_set_up",
    "second_factor_removed",
    "second_factor_reset",
    "recovery_codes_made",
    "recovery_code_used",
    "passkey_added",
    "passkey_removed",
    "passkey_copied",
];
/// Of m0026 and m0049.
const INDEXES: [&str; 4] = ["mail_due", "mail_retried", "mail_over", "mail_password_link"];
/// Of m0026.
const COLUMNS: &str = "id, recipient_id, kind, notice, appointment_id, appointment_version, visit_starts_at, password_link_id, \
                       status, due_at, attempts, last_error, finished_at, created_at, updated_at";
const LINK: &str = "CHECK ((kind = 'address_link') = (address_link_id IS NOT NULL AND address IS NOT NULL))";
const SECURITY: &str = "CHECK ((kind = 'security') = (security_event IS NOT NULL))";
const REFERENCE: &str = "address_link_id bigint REFERENCES address_link (id)";

fn up(dialect: Dialect) -> Vec<String> {
    let events = format!("security_event IN ({})", list(&EVENTS));
    let texts = texts(&events);
    match dialect {
        Dialect::Postgres => {
            let columns = texts.into_iter().flat_map(|column| dialect.checked_column("mail", column));
            let kinds = format!("CHECK (kind IN ({}))", list(&KINDS));
            let rules =
                [("mail_kind_check", kinds.as_str()), ("mail_address_link", LINK), ("mail_security_event", SECURITY)];
            let added = rules.map(|(name, rule)| format!("ALTER TABLE mail ADD CONSTRAINT {name} {rule} NOT VALID"));
            let reference = format!("ALTER TABLE mail ADD COLUMN {REFERENCE}");
            let old = "ALTER TABLE mail DROP CONSTRAINT mail_kind_check".to_owned();
            [reference].into_iter().chain(columns).chain([old]).chain(added).collect()
        }
        Dialect::Sqlite => made_anew(dialect, whole(dialect), ""),
    }
}

/// The table with all of it, for SQLite.
pub(super) fn whole(dialect: Dialect) -> String {
    let events = format!("security_event IN ({})", list(&EVENTS));
    let table = table(dialect).replace(&list(&OLD_KINDS), &list(&KINDS));
    let end = "\n)";
    let added = format!(",\n  CONSTRAINT mail_address_link {LINK},\n  CONSTRAINT mail_security_event {SECURITY}{end}");
    let with_checks = table.trim_end_matches(end).to_owned() + &added;
    let before = "  CONSTRAINT mail_notice";
    let columns = texts(&events).map(|[column, kind, check]| format!("  {column} {kind} CHECK ({check}),\n")).concat();
    with_checks.replacen(before, &format!("  {REFERENCE},\n{columns}{before}"), 1)
}

/// The new columns that hold a text: name, type, and what it must be.
fn texts(events: &str) -> [[&str; 3]; 2] {
    [["address", "text", "length(address) BETWEEN 3 AND 254"], ["security_event", "text", events]]
}

fn down(dialect: Dialect) -> Vec<String> {
    let old = list(&OLD_KINDS);
    match dialect {
        Dialect::Postgres => vec![
            format!("DELETE FROM mail WHERE kind NOT IN ({old})"),
            format!(
                "ALTER TABLE mail DROP CONSTRAINT mail_address_link, DROP CONSTRAINT mail_security_event, DROP CONSTRAINT mail_kind_check, ADD CONSTRAINT mail_kind_check CHECK (kind IN ({old}))"
            ),
            "ALTER TABLE mail DROP COLUMN address_link_id, DROP COLUMN address, DROP COLUMN security_event".to_owned(),
        ],
        Dialect::Sqlite => {
            let kept = format!(" WHERE kind IN ({old})");
            made_anew(dialect, table(dialect), &kept)
        }
    }
}

/// As m0026 made it.
fn table(dialect: Dialect) -> String {
    (m0026_mail::CHANGE.up)(dialect).into_iter().next().unwrap_or_default()
}

/// The statements after which `mail` is `table`, with the rows that are `kept`.
fn made_anew(dialect: Dialect, table: String, kept: &str) -> Vec<String> {
    let mut statements: Vec<String> = INDEXES.iter().map(|index| format!("DROP INDEX {index}")).collect();
    statements.push("ALTER TABLE mail RENAME TO mail_before".to_owned());
    statements.push(table);
    // Numbers are never given out twice, also when the rows that had the last ones are gone.
    statements.push(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'mail', seq FROM sqlite_sequence WHERE name = 'mail_before'"
            .to_owned(),
    );
    statements.push(format!("INSERT INTO mail ({COLUMNS}) SELECT {COLUMNS} FROM mail_before{kept}"));
    statements.push("DROP TABLE mail_before".to_owned());
    statements.extend((m0026_mail::CHANGE.up)(dialect).into_iter().skip(1));
    let later = (m0049_sweep_indexes::CHANGE.up)(dialect).into_iter();
    statements.extend(later.filter(|index| index.contains("mail_password_link")));
    statements
}
