//! Time zones: the only place that knows when a zone's clocks show what.
//!
//! A zone is known by its IANA name. Its rules come from the machine's zone files or from the tables that are compiled in ([`Tables`] says which
//! are chosen), are read once at the start of the process, and stay what they are until it ends: a page never waits for a file, and of two
//! pages none is made by other rules than the other. Newer files are told in readiness, and used from the next start on. Pages that instances
//! share carry [`Tables::fingerprint`] in their build, so one with other rules finds none of them.
//!
//! Of a local time that comes twice the first is meant; one that is skipped is none ([`Tz::instant`]) or the moment at which the clocks go
//! on ([`Tz::resolve`]).

mod clock_hours;
mod offset;
mod tables;
mod version;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::str::FromStr;
use std::sync::OnceLock;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use jiff::tz::TimeZone as Rules;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use self::clock_hours::{ClockHours, NotHours};
pub use self::offset::ZoneOffset;
pub use self::tables::Tables;
pub use self::version::TableVersion;

/// A time zone with its rules. Cheap to copy; two of the same name are the same.
#[derive(Clone, Copy)]
pub struct Tz(&'static Zone);

/// What a [`Tz`] points to.
struct Zone {
    name: Cow<'static, str>,
    rules: Rules,
}

static UTC: Zone = Zone { name: Cow::Borrowed("UTC"), rules: Rules::UTC };

/// The tables of this process.
static TABLES: OnceLock<Tables> = OnceLock::new();

/// No zone has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone {0:?}")]
pub struct UnknownTimeZone(String);

/// Reads the tables of this process: from `folder` if the operator named one, else the newer of the machine's and those compiled in. Once;
/// later calls answer what the first has read.
pub fn install(folder: Option<&Path>) -> &'static Tables {
    TABLES.get_or_init(|| Tables::choose(folder))
}

/// The tables of this process: the usual ones, if none were installed.
pub fn tables() -> &'static Tables {
    install(None)
}

impl Tz {
    /// Coordinated Universal Time.
    pub const UTC: Self = Self(&UTC);

    /// A zone of these rules, for as long as the process lives. Zones are handed about by value in every page, so they are not counted:
    /// each set of tables is read once, and some hundred zones are never given back.
    fn lasting(name: String, rules: Rules) -> Self {
        Self(Box::leak(Box::new(Zone { name: Cow::Owned(name), rules })))
    }

    /// Its IANA name, such as `Asia/Kathmandu`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        &self.0.name
    }

    /// The zone of the same name by the rules of this process; itself, if there is none.
    #[must_use]
    pub fn as_installed(self) -> Self {
        tables().get(self.name()).unwrap_or(self)
    }

    fn rules(self) -> &'static Rules {
        &self.0.rules
    }

    /// The instant at which its clocks show `local`: the first of two; none if they skip it.
    #[must_use]
    pub fn instant(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        self.find(local).earliest()
    }

    /// The same; where the clocks skip it, the moment at which they go on.
    #[must_use]
    pub fn resolve(self, local: NaiveDateTime) -> DateTime<Utc> {
        self.instant(local).unwrap_or_else(|| self.end_of_gap(local))
    }

    /// The first instant of `date`: midnight, or where the clocks skip it, the moment at which they go on. The local day lasts from it to the
    /// first instant of the next date: 23, 24 or 25 hours, or whatever the rules say.
    #[must_use]
    pub fn start_of_day(self, date: NaiveDate) -> DateTime<Utc> {
        self.resolve(date.and_time(NaiveTime::MIN))
    }

    /// What its clocks show at `instant`.
    #[must_use]
    pub fn local(self, instant: DateTime<Utc>) -> NaiveDateTime {
        instant.with_timezone(&self).naive_local()
    }
}

impl FromStr for Tz {
    type Err = UnknownTimeZone;

    /// The zone of this name, as it is written in the tables.
    fn from_str(name: &str) -> Result<Self, UnknownTimeZone> {
        tables().get(name).ok_or_else(|| UnknownTimeZone(name.to_owned()))
    }
}

impl Default for Tz {
    fn default() -> Self {
        Self::UTC
    }
}

impl PartialEq for Tz {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Tz {}

impl Hash for Tz {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl fmt::Debug for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Tz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Tz {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Tz {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <Cow<'de, str>>::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
