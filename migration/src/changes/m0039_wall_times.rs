//! The time on the wall that people were promised, beside the instant at which that was when it was promised.
//!
//! When a zone's rules change, by law or because its hospital's zone was wrong, the instant alone cannot say what the clock was to show.
//!
//! Rows that are there already get nothing here. Neither database knows by which rules their instants were made: Postgres has tables of its
//! own, which may be newer or older than those of the server that booked, and SQLite has none. `telemedicine zones reanchor` gives
//! them their time, from the zone files that it is told.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change { name: "m0039_wall_times", up, down };

/// Which columns each table gets.
const COLUMNS: [(&str, [&str; 2]); 2] = [
    ("appointment", ["local_starts_at", "proposed_local_starts_at"]),
    ("time_off", ["local_starts_at", "local_ends_at"]),
];

fn up(dialect: Dialect) -> Vec<String> {
    // New columns that may be empty: no row is rewritten or looked at, and servers of the release before leave them so.
    let of_table = |(table, columns): (&str, [&str; 2])| {
        let zone = dialect.checked_column(table, ["time_zone", "text", "length(time_zone) BETWEEN 1 AND 64"]);
        let locals = columns.map(|column| format!("ALTER TABLE {table} ADD COLUMN {}", dialect.local(column)));
        locals.into_iter().chain(zone)
    };
    COLUMNS.into_iter().flat_map(of_table).collect()
}

fn down(_: Dialect) -> Vec<String> {
    let of_table = |(table, columns): (&'static str, [&'static str; 2])| {
        let all = ["time_zone"].into_iter().chain(columns.into_iter().rev());
        all.map(move |column| format!("ALTER TABLE {table} DROP COLUMN {column}"))
    };
    COLUMNS.into_iter().rev().flat_map(of_table).collect()
}
