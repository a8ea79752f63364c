//! Which mail about visits somebody wants. Whoever has not chosen gets what a server of the release before sent, but for arrivals, which the page tells
//! whoever sits before it.

use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change { name: "m0115_mail_choice", up, down };

const CHOICES: [&str; 4] = ["all", "with_arrivals", "changes", "none"];

fn up(dialect: Dialect) -> Vec<String> {
    let check = format!("mail_choice IN ({})", list(&CHOICES));
    dialect.checked_column("\"user\"", ["mail_choice", "text NOT NULL DEFAULT 'all'", &check])
}

fn down(dialect: Dialect) -> Vec<String> {
    let unchecked = (dialect == Dialect::Postgres)
        .then(|| "ALTER TABLE \"user\" DROP CONSTRAINT user_mail_choice_check".to_owned());
    unchecked.into_iter().chain(["ALTER TABLE \"user\" DROP COLUMN mail_choice".to_owned()]).collect()
}
