//! A zone as chrono asks for it: `instant.with_timezone(&zone)`, and what a local time means.

use std::fmt;

use chrono::{
    DateTime, Datelike as _, FixedOffset, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta,
    TimeZone, Timelike as _, Utc,
};
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::AmbiguousOffset;

use super::Tz;

/// How far a zone's clocks are from UTC at some moment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ZoneOffset {
    zone: Tz,
    east: FixedOffset,
}

impl Tz {
    fn offset(self, offset: jiff::tz::Offset) -> ZoneOffset {
        ZoneOffset { zone: self, east: FixedOffset::east_opt(offset.seconds()).unwrap_or(Utc.fix()) }
    }

    fn offset_at(self, instant: DateTime<Utc>) -> ZoneOffset {
        // Years that jiff cannot count are told in UTC: no form takes them.
        let rules = self.rules();
        self.offset(timestamp(instant).map_or(jiff::tz::Offset::UTC, |instant| rules.to_offset(instant)))
    }

    fn offsets_of(self, local: NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        let Some(local) = civil_of(local) else {
            return MappedLocalTime::Single(self.offset(jiff::tz::Offset::UTC));
        };
        match self.rules().to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => MappedLocalTime::Single(self.offset(offset)),
            AmbiguousOffset::Gap { .. } => MappedLocalTime::None,
            AmbiguousOffset::Fold { before, after } => {
                MappedLocalTime::Ambiguous(self.offset(before), self.offset(after))
            }
        }
    }

    /// The instants at which its clocks show `local`.
    pub(super) fn find(self, local: NaiveDateTime) -> MappedLocalTime<DateTime<Utc>> {
        self.from_local_datetime(&local).map(|found| found.with_timezone(&Utc))
    }

    /// The moment at which the clocks went on, for a `local` time that they skip.
    pub(super) fn end_of_gap(self, local: NaiveDateTime) -> DateTime<Utc> {
        let Some(skipped) = civil_of(local) else { return local.and_utc() };
        let AmbiguousOffset::Gap { before, .. } = self.rules().to_ambiguous_timestamp(skipped).offset() else {
            return local.and_utc();
        };
        // By the clocks of before, the skipped time lies at or behind the change, and no other change lies between.
        let behind = local.and_utc() - TimeDelta::seconds(before.seconds().into());
        let change = timestamp(behind + TimeDelta::seconds(1)).and_then(|at| self.rules().preceding(at).next());
        change.and_then(|change| DateTime::from_timestamp(change.timestamp().as_second(), 0)).unwrap_or(behind)
    }
}

fn timestamp(instant: DateTime<Utc>) -> Option<Timestamp> {
    Timestamp::from_second(instant.timestamp()).ok()
}

/// To the second: no rule is finer.
fn civil_of(local: NaiveDateTime) -> Option<civil::DateTime> {
    let part = |number: u32| i8::try_from(number).ok();
    let year = i16::try_from(local.year()).ok()?;
    let (month, day) = (part(local.month())?, part(local.day())?);
    let (hour, minute, second) = (part(local.hour())?, part(local.minute())?, part(local.second())?);
    civil::DateTime::new(year, month, day, hour, minute, second, 0).ok()
}

impl TimeZone for Tz {
    type Offset = ZoneOffset;

    fn from_offset(offset: &ZoneOffset) -> Self {
        offset.zone
    }

    fn offset_from_local_date(&self, local: &NaiveDate) -> MappedLocalTime<ZoneOffset> {
        self.offsets_of(local.and_time(NaiveTime::MIN))
    }

    fn offset_from_local_datetime(&self, local: &NaiveDateTime) -> MappedLocalTime<ZoneOffset> {
        self.offsets_of(*local)
    }

    fn offset_from_utc_date(&self, utc: &NaiveDate) -> ZoneOffset {
        self.offset_at(utc.and_time(NaiveTime::MIN).and_utc())
    }

    fn offset_from_utc_datetime(&self, utc: &NaiveDateTime) -> ZoneOffset {
        self.offset_at(utc.and_utc())
    }
}

impl Offset for ZoneOffset {
    fn fix(&self) -> FixedOffset {
        self.east
    }
}

impl fmt::Debug for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.east, f)
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.east, f)
    }
}
