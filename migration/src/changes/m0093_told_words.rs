//! Words for what patients are told of a visit that goes on or is over: that it is held in another way, that its note is there to be read, and
//! that a document of it was issued or revoked.
//!
//! On Postgres no row is looked at: all there are hold to the new rules, which allow more. SQLite cannot change a CHECK: both tables are made
//! anew, the rows go over, and numbers go on where they were.

use super::m0011_notification::{self, KINDS};
use super::m0026_mail;
use super::m0049_sweep_indexes;
use super::m0053_account_mail_indexes;
use super::m0058_followed_references;
use super::m0084_message_mail;
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change {
    name: "m0093_told_words",
    up: |dialect| both(dialect, &[&KINDS[..], &ADDED[..]].concat(), ""),
    down: |dialect| both(dialect, &KINDS, " NOT IN "),
};

pub(super) const ADDED: [&str; 4] = ["modality_changed", "note_signed", "document_issued", "document_revoked"];

/// A table that tells of what happened by one of the words.
pub(super) struct Told {
    table: &'static str,
    column: &'static str,
    /// As it was made, for SQLite; with the old words.
    made: fn() -> String,
    columns: &'static str,
    indexes: fn() -> Vec<String>,
}

pub(super) const NOTIFICATION: Told = Told {
    table: "notification",
    column: "kind",
    made: notification,
    columns: "id, recipient_id, kind, appointment_id, read_at, created_at, updated_at, local_starts_at, \
              proposed_local_starts_at",
    indexes: || {
        let later = (m0049_sweep_indexes::CHANGE.up)(Dialect::Sqlite).into_iter();
        let of_table = later.filter(|index| index.contains(" ON notification "));
        (m0011_notification::CHANGE.up)(Dialect::Sqlite).into_iter().skip(1).chain(of_table).collect()
    },
};

pub(super) const MAIL: Told = Told {
    table: "mail",
    column: "notice",
    made: m0084_message_mail::whole,
    columns: "id, recipient_id, kind, notice, appointment_id, appointment_version, visit_starts_at, password_link_id, \
              status, due_at, attempts, last_error, finished_at, created_at, updated_at, address_link_id, address, \
              security_event",
    indexes: || {
        let later = [
            m0049_sweep_indexes::CHANGE.up,
            m0053_account_mail_indexes::CHANGE.up,
            m0058_followed_references::CHANGE.up,
        ];
        let later = later.into_iter().flat_map(|up| up(Dialect::Sqlite));
        let of_table = later.filter(|index| index.contains(" ON mail "));
        (m0026_mail::CHANGE.up)(Dialect::Sqlite).into_iter().skip(1).chain(of_table).collect()
    },
};

/// The table of mails as this change leaves it, its columns and its indexes, for a later one that makes it anew on SQLite.
pub(super) fn mail() -> (String, &'static str, Vec<String>) {
    let words = list(&[&KINDS[..], &ADDED[..]].concat());
    ((MAIL.made)().replace(&list(&KINDS), &words), MAIL.columns, (MAIL.indexes)())
}

/// As m0011 made it and m0070 left it.
fn notification() -> String {
    let made = (m0011_notification::CHANGE.up)(Dialect::Sqlite).into_iter().next().unwrap_or_default();
    let times = ["local_starts_at", "proposed_local_starts_at"].map(|column| Dialect::Sqlite.local(column));
    format!("{},\n  {}\n)", made.trim_end_matches("\n)"), times.join(",\n  "))
}

/// Both tables take these words; what tells by others goes, if there can be any.
fn both(dialect: Dialect, words: &[&str], others: &str) -> Vec<String> {
    [NOTIFICATION, MAIL].iter().flat_map(|told| told.taking(dialect, words, others)).collect()
}

impl Told {
    pub(super) fn taking(&self, dialect: Dialect, words: &[&str], others: &str) -> Vec<String> {
        match dialect {
            Dialect::Postgres => self.changed(words, others),
            Dialect::Sqlite => self.made_anew(words),
        }
    }

    fn changed(&self, words: &[&str], others: &str) -> Vec<String> {
        let Self { table, column, .. } = self;
        let words = list(words);
        let gone = (!others.is_empty()).then(|| format!("DELETE FROM {table} WHERE {column}{others}({words})"));
        let rules = [
            format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check"),
            format!(
                "ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_check CHECK ({column} IN ({words})) NOT VALID"
            ),
        ];
        gone.into_iter().chain(rules).collect()
    }

    fn made_anew(&self, words: &[&str]) -> Vec<String> {
        let Self { table, column, columns, .. } = self;
        let words = list(words);
        let made = (self.made)().replacen("CREATE TABLE ", "CREATE TABLE IF NOT EXISTS ", 1);
        let mut statements = vec![
            format!("ALTER TABLE {table} RENAME TO {table}_before"),
            made.replace(&list(&KINDS), &words),
            // Numbers are never given out twice, also when the rows that had the last ones are gone.
            format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT '{table}', seq FROM sqlite_sequence WHERE name = '{table}_before'"
            ),
            format!(
                "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}_before WHERE {column} IS NULL OR {column} IN ({words})"
            ),
            // Its indexes go with it.
            format!("DROP TABLE {table}_before"),
        ];
        // As the table, so that a connection that still knows what was there before looks again.
        let again = |index: String| index.replacen("CREATE INDEX ", "CREATE INDEX IF NOT EXISTS ", 1);
        statements.extend((self.indexes)().into_iter().map(again));
        statements
    }
}
