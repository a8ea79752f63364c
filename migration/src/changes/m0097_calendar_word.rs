//! A word for what the owner of an account is told: that an address of their calendar was made.
//!
//! As m0093: on Postgres no row is looked at, for the new rule allows more; SQLite cannot change a CHECK, so the table is made anew, the rows go over,
//! and numbers go on where they were.

use super::m0051_account_mail::EVENTS;
use super::m0093_told_words::mail;
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change {
    name: "m0097_calendar_word",
    up: |dialect| taking(dialect, &[&EVENTS[..], &ADDED[..]].concat(), ""),
    down: |dialect| taking(dialect, &EVENTS, "DELETE FROM mail WHERE security_event = 'calendar_address_made'"),
};

pub(super) const ADDED: [&str; 1] = ["calendar_address_made"];

/// The table takes these words, once `others` has removed what tells by another one.
fn taking(dialect: Dialect, words: &[&str], others: &str) -> Vec<String> {
    let gone = Some(others.to_owned()).filter(|sql| !sql.is_empty());
    let words = list(words);
    let rest = match dialect {
        Dialect::Postgres => vec![
            "ALTER TABLE mail DROP CONSTRAINT mail_security_event_check".to_owned(),
            format!(
                "ALTER TABLE mail ADD CONSTRAINT mail_security_event_check CHECK (security_event IN ({words})) NOT VALID"
            ),
        ],
        Dialect::Sqlite => made_anew(&words),
    };
    gone.into_iter().chain(rest).collect()
}

fn made_anew(words: &str) -> Vec<String> {
    let (made, columns, indexes) = mail();
    mail_made_anew(&made.replace(&list(&EVENTS), words), (columns, "TRUE"), indexes)
}

/// The statements by which SQLite has the table of mails as it is `made`, with its rows that are `kept`.
pub(super) fn mail_made_anew(made: &str, (columns, kept): (&str, &str), indexes: Vec<String>) -> Vec<String> {
    // A connection that still knows what was there before looks again.
    let again = |sql: String, what: &str| sql.replacen(what, &format!("{what}IF NOT EXISTS "), 1);
    let table = again(made.to_owned(), "CREATE TABLE ");
    let moved = [
        "ALTER TABLE mail RENAME TO mail_before".to_owned(),
        table,
        // Numbers are never given out twice, also when the rows that had the last ones are gone.
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'mail', seq FROM sqlite_sequence WHERE name = 'mail_before'"
            .to_owned(),
        format!("INSERT INTO mail ({columns}) SELECT {columns} FROM mail_before WHERE {kept}"),
        // Its indexes go with it.
        "DROP TABLE mail_before".to_owned(),
    ];
    moved.into_iter().chain(indexes.into_iter().map(|index| again(index, "CREATE INDEX "))).collect()
}
