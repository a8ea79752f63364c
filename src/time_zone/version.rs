//! Which release of the time zone database some tables are of.

use std::fmt;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

use chrono::{DateTime, Datelike as _, Utc};

/// The first line of a file of the database is all that is read.
const LONGEST_LINE: u64 = 200;

/// `2026b`: the year, and which release of that year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TableVersion {
    year: i32,
    /// After `z` comes `za`.
    place: (usize, String),
}

impl TableVersion {
    /// The version that a text such as `2026b` or `2026b-dirty` begins with.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.trim().split_at_checked(4)?;
        let letters: String = rest.chars().take_while(char::is_ascii_lowercase).collect();
        let year = year.parse().ok().filter(|year| (1990..=9999).contains(year))?;
        (!letters.is_empty()).then_some(Self { year, place: (letters.len(), letters) })
    }

    /// The version of the zone files in `folder`, if they say: Debian and others have `tzdata.zi`, the BSDs and macOS `+VERSION`.
    pub(super) fn of_folder(folder: &Path) -> Option<Self> {
        let said = |name: &str, before: &str| {
            let line = first_line(&folder.join(name))?;
            Self::parse(line.strip_prefix(before)?)
        };
        said("tzdata.zi", "# version ").or_else(|| said("+VERSION", ""))
    }

    /// Whether tables of this version are older than about a year at `now`. The name tells the year alone; the usual release is one of its
    /// first half, so they are taken for a year old in July of the next.
    #[must_use]
    pub fn is_old(&self, now: DateTime<Utc>) -> bool {
        now.year() - self.year > 1 || (now.year() - self.year == 1 && now.month() >= 7)
    }
}

fn first_line(file: &Path) -> Option<String> {
    let mut line = String::new();
    BufReader::new(File::open(file).ok()?.take(LONGEST_LINE)).read_line(&mut line).ok()?;
    Some(line)
}

impl fmt::Display for TableVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.year, self.place.1)
    }
}
