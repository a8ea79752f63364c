//! Hours by the clock on the wall, which may last until midnight or over it.

use std::fmt;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike as _};

const DAY: i32 = 24 * 60;

/// From a minute of a day to a minute of the same day, or of the next: less than two days after its midnight, and at most a day long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockHours {
    /// In minutes after midnight.
    start: i32,
    /// The same, of the same midnight: from 1440 on, on the next day.
    end: i32,
}

/// Why hours are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotHours {
    /// They end before they begin, or at that moment, though they are said to end on the same day.
    Backwards,
    /// They are longer than a day.
    TooLong,
}

impl ClockHours {
    /// From `start` to `end`, on the same day unless it `is_next_day`. Midnight at the end is that of the day's end.
    ///
    /// # Errors
    /// Why these are no hours.
    pub fn new(start: NaiveTime, end: NaiveTime, is_next_day: bool) -> Result<Self, NotHours> {
        let (start, end) = (minute(start), minute(end));
        let end = if is_next_day || end == 0 { end + DAY } else { end };
        match end - start {
            ..=0 => Err(NotHours::Backwards),
            1..=DAY => Ok(Self { start, end }),
            _ => Err(NotHours::TooLong),
        }
    }

    /// As `availability` has them: `end_minute` is given for hours that last until midnight or over it, and `end_time` then stands in its
    /// place for releases that do not know it.
    #[must_use]
    pub fn stored(start_time: NaiveTime, end_time: NaiveTime, end_minute: Option<i32>) -> Self {
        Self { start: minute(start_time), end: end_minute.unwrap_or_else(|| minute(end_time)) }
    }

    /// `start_time`, `end_time` and `end_minute` for `availability`.
    #[must_use]
    pub fn to_store(self) -> (NaiveTime, NaiveTime, Option<i32>) {
        let last_second = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
        match self.end {
            ..DAY => (time(self.start), time(self.end), None),
            _ => (time(self.start), last_second, Some(self.end)),
        }
    }

    /// Whether they end on the day on which they begin, be it with its midnight.
    #[must_use]
    pub fn is_within_a_day(self) -> bool {
        self.end <= DAY
    }

    /// What a clock shows at their beginning and their end.
    #[must_use]
    pub fn shown(self) -> (NaiveTime, NaiveTime) {
        (time(self.start), time(self.end))
    }

    /// From when to when they last, if they begin on `date`.
    #[must_use]
    pub fn on(self, date: NaiveDate) -> (NaiveDateTime, NaiveDateTime) {
        let at = |minutes: i32| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
        (at(self.start), at(self.end))
    }

    /// Whether hours of one weekday, 0 to 6, share any minute with those of another, Sunday night with Monday's among them.
    #[must_use]
    pub fn overlap((day, hours): (i16, Self), (other_day, others): (i16, Self)) -> bool {
        let of_week = |day: i16, minute: i32| i32::from(day) * DAY + minute;
        let (from, until) = (of_week(day, hours.start), of_week(day, hours.end));
        let (other_from, other_until) = (of_week(other_day, others.start), of_week(other_day, others.end));
        [-7 * DAY, 0, 7 * DAY].iter().any(|weeks| from < other_until + weeks && other_from + weeks < until)
    }
}

fn minute(time: NaiveTime) -> i32 {
    i32::try_from(time.num_seconds_from_midnight() / 60).unwrap_or_default()
}

fn time(minute: i32) -> NaiveTime {
    NaiveTime::MIN + TimeDelta::minutes((minute % DAY).into())
}

impl fmt::Display for ClockHours {
    /// `09:00–17:00`, `22:00–24:00`, `22:00–02:00 of the next day`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–", time(self.start).format("%H:%M"))?;
        match self.end {
            DAY => f.write_str("24:00"),
            ..DAY => write!(f, "{}", time(self.end).format("%H:%M")),
            _ => write!(f, "{} of the next day", time(self.end).format("%H:%M")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(start: &str, end: &str, is_next_day: bool) -> Result<ClockHours, NotHours> {
        ClockHours::new(start.parse().unwrap_or_default(), end.parse().unwrap_or_default(), is_next_day)
    }

    #[test]
    fn hours_last_until_midnight_or_over_it_but_no_longer_than_a_day() {
        for (start, end, is_next_day, said) in [
            ("09:00", "17:00", false, "09:00–17:00"),
            ("22:00", "00:00", false, "22:00–24:00"),
            ("22:00", "00:00", true, "22:00–24:00"),
            ("22:00", "02:00", true, "22:00–02:00 of the next day"),
            ("00:00", "00:00", false, "00:00–24:00"),
            ("09:00", "09:00", true, "09:00–09:00 of the next day"),
        ] {
            let Ok(made) = hours(start, end, is_next_day) else { panic!("{start} to {end}") };
            assert_eq!(made.to_string(), said);
            let (start_time, end_time, end_minute) = made.to_store();
            assert!(start_time < end_time, "what a release before stores and expects");
            assert_eq!(ClockHours::stored(start_time, end_time, end_minute), made);
        }
        assert_eq!(hours("22:00", "02:00", false), Err(NotHours::Backwards));
        assert_eq!(hours("09:00", "09:00", false), Err(NotHours::Backwards));
        assert_eq!(hours("09:00", "10:00", true), Err(NotHours::TooLong));
    }

    #[test]
    fn hours_over_midnight_meet_those_of_the_next_day_at_the_end_of_the_week_too() {
        let Ok(night) = hours("22:00", "02:00", true) else { panic!("a night") };
        let Ok(morning) = hours("01:30", "04:00", false) else { panic!("a morning") };
        for day in 0..7 {
            let next = (day + 1) % 7;
            assert!(
                ClockHours::overlap((day, night), (next, morning))
                    && ClockHours::overlap((next, morning), (day, night))
            );
            assert!(!ClockHours::overlap((day, night), (day, morning)));
            assert!(!ClockHours::overlap((day, night), (next, night)));
        }
    }
}
