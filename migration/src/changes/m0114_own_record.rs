//! What patients say of themselves: of blood type, allergies and whom to call, since when it is their word that nobody has confirmed; of the first two
//! also what stood there before, as long as that is so.
//!
//! Null says that it is no such word: what is there was written by staff, and a server of the release before, which knows no marks, goes on.

use super::m0004_patient::BLOOD_TYPES;
use crate::change::Change;
use crate::dialect::{Dialect, list};

pub(crate) const CHANGE: Change = Change { name: "m0114_own_record", up, down };

const MARKS: [&str; 3] = ["blood_type_said_at", "allergies_said_at", "emergency_contact_said_at"];
const BEFORE: [&str; 2] = ["blood_type_before", "allergies_before"];

fn up(dialect: Dialect) -> Vec<String> {
    let marks = MARKS.map(|mark| format!("ALTER TABLE patient ADD COLUMN {}", dialect.instant(mark)));
    let [blood_type, allergies] = BEFORE;
    let before = [
        (blood_type, format!("{blood_type} IN ({})", list(&BLOOD_TYPES)), "blood_type_said_at"),
        (allergies, format!("length({allergies}) BETWEEN 1 AND 2000"), "allergies_said_at"),
    ];
    let before = before.into_iter().flat_map(|(column, check, mark)| {
        // What stood before is kept for whoever is to confirm: without such a word there is none.
        let check = format!("{column} IS NULL OR ({check} AND {mark} IS NOT NULL)");
        dialect.checked_column("patient", [column, "text", &check])
    });
    marks.into_iter().chain(before).collect()
}

fn down(dialect: Dialect) -> Vec<String> {
    let unchecked = BEFORE.iter().filter(|_| dialect == Dialect::Postgres);
    let unchecked = unchecked.map(|column| format!("ALTER TABLE patient DROP CONSTRAINT patient_{column}_check"));
    let columns = BEFORE.iter().chain(&MARKS).map(|column| format!("ALTER TABLE patient DROP COLUMN {column}"));
    unchecked.chain(columns).collect()
}
