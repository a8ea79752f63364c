//! How a visit is held: by video, by telephone or at the hospital; and what a hospital means when nobody says.
//!
//! Visits that are there were asked for when nobody said, and servers of the release before still say nothing: both are visits by video, which is
//! what this clinic is for.

use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change { name: "m0072_modality", up, down };

const MODALITIES: [&str; 3] = ["video", "phone", "in_person"];

fn up(dialect: Dialect) -> Vec<String> {
    let words = list(&MODALITIES);
    let column = |table, column: &str| {
        let check = format!("{column} IN ({words})");
        dialect.checked_column(table, [column, "text NOT NULL DEFAULT 'video'", &check])
    };
    [column("appointment", "modality"), column("hospital", "default_modality")].concat()
}

fn down(dialect: Dialect) -> Vec<String> {
    [("hospital", "default_modality"), ("appointment", "modality")]
        .into_iter()
        .flat_map(|(table, column)| match dialect {
            Dialect::Postgres => vec![
                format!("ALTER TABLE {table} DROP CONSTRAINT {table}_{column}_check"),
                format!("ALTER TABLE {table} DROP COLUMN {column}"),
            ],
            Dialect::Sqlite => vec![format!("ALTER TABLE {table} DROP COLUMN {column}")],
        })
        .collect()
}
