//! Words for what is taken back: a step of the history, and what is told of it.
//!
//! As for the words before (m0073, m0093, m0097): on Postgres no row is looked at, for the new rules allow more (m0108 has the history looked at while
//! everybody goes on); on SQLite the tables are made anew.

use super::m0010_appointment_event;
use super::m0011_notification::KINDS as NOTICES;
use super::m0051_account_mail::EVENTS;
use super::m0073_history_words::{self, allowing};
use super::m0093_told_words::{self, MAIL, NOTIFICATION, mail};
use super::m0097_calendar_word::{self, mail_made_anew};
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change {
    name: "m0107_correction_words",
    up: |dialect| taking(dialect, [&STEPS, &TOLD], ""),
    down: |dialect| taking(dialect, [&[], &[]], " NOT IN "),
};

pub(super) const STEPS: [&str; 1] = ["corrected"];
pub(super) const TOLD: [&str; 1] = ["appointment_corrected"];

/// The tables take these words beside those that they took before; what tells by `others` goes, if there can be any.
fn taking(dialect: Dialect, [steps, told]: [&[&str]; 2], others: &str) -> Vec<String> {
    let steps = [&m0010_appointment_event::KINDS[..], &m0073_history_words::ADDED[..], steps].concat();
    let told = [&m0093_told_words::ADDED[..], told].concat();
    allowing(dialect, &steps).into_iter().chain(telling(dialect, &told, others)).collect()
}

/// Both tables that tell of visits take these words beside the first ones.
pub(super) fn telling(dialect: Dialect, told: &[&str], others: &str) -> Vec<String> {
    let told = [&NOTICES[..], told].concat();
    NOTIFICATION.taking(dialect, &told, others).into_iter().chain(mails(dialect, &told, others)).collect()
}

/// SQLite has the words for calendar addresses to keep as well, which the table did not have when m0093 made it.
fn mails(dialect: Dialect, told: &[&str], others: &str) -> Vec<String> {
    if dialect == Dialect::Sqlite {
        let (words, (made, columns, indexes)) = (list(told), mail());
        let before = list(&[&NOTICES[..], &m0093_told_words::ADDED[..]].concat());
        let events = list(&[&EVENTS[..], &m0097_calendar_word::ADDED[..]].concat());
        let made = made.replace(&before, &words).replace(&list(&EVENTS), &events);
        return mail_made_anew(&made, (columns, &format!("notice IS NULL OR notice IN ({words})")), indexes);
    }
    MAIL.taking(dialect, told, others)
}
