//! Instants as people read them: in a hospital's zone, 24-hour, the date in words.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::time_zone::Tz;

/// An instant, ready for a page. The browser turns it into "in 5 minutes" from `utc`; without
/// JavaScript the absolute text stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moment {
    /// `2026-11-24T08:45:00Z`, for `<time datetime>`.
    pub utc: String,
    /// `Tuesday 24 November 2026`.
    pub date: String,
    /// `14:30`.
    pub time: String,
    /// `Tuesday 24 November 2026, 14:30`.
    pub text: String,
    /// The IANA name of the zone it is told in.
    pub zone: &'static str,
}

impl Moment {
    /// `instant` as it is told in `zone`.
    pub fn new(instant: DateTime<Utc>, zone: Tz) -> Self {
        let local = zone.local(instant);
        Self {
            utc: instant.to_rfc3339_opts(SecondsFormat::Secs, true),
            text: local_in_words(local),
            date: local.format("%A %-d %B %Y").to_string(),
            time: local.format("%H:%M").to_string(),
            zone: zone.name(),
        }
    }
}

/// `Tuesday 24 November 2026, 14:30`: what a clock shows.
pub fn local_in_words(local: NaiveDateTime) -> String {
    local.format("%A %-d %B %Y, %H:%M").to_string()
}

/// `24 November 2026`: a date without a time, such as a date of birth.
pub fn date_in_words(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

/// `45 s`, `12 min 05 s`, `1 h 05 min`: so many seconds; none below 0.
pub fn length_in_words(seconds: i32) -> String {
    let seconds = seconds.max(0);
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds:02} s"),
        (hours, minutes, _) => format!("{hours} h {minutes:02} min"),
    }
}

/// The first instant of `date` in `zone`: midnight, or where the clocks skip it, the first moment
/// after. The local day lasts from it to the first instant of the next date: 23, 24 or 25 hours.
pub fn start_of_day(date: NaiveDate, zone: Tz) -> DateTime<Utc> {
    zone.start_of_day(date)
}

/// A date as browsers send it: exactly `YYYY-MM-DD`. chrono alone would take signs, spaces and years of any length.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(
            |(at, byte)| {
                if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() }
            },
        );
    shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// A time of day as browsers send it: exactly `HH:MM`.
pub fn parse_time(text: &str) -> Option<NaiveTime> {
    (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()
}

/// A date and a time of day as browsers send them: exactly `YYYY-MM-DDTHH:MM`.
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    Some(parse_date(date).filter(|date| (1900..=2200).contains(&date.year()))?.and_time(parse_time(time)?))
}

/// `instant` as browsers send it in `zone`: what [`parse_local`] takes.
pub fn local_value(instant: DateTime<Utc>, zone: Tz) -> String {
    wall_value(zone.local(instant))
}

/// The same of what the clock shows.
pub fn wall_value(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M").to_string()
}

/// Whole years between `birth` and `today`, never negative.
pub fn age(birth: NaiveDate, today: NaiveDate) -> u32 {
    today.years_since(birth).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn zone(name: &str) -> Tz {
        name.parse().unwrap_or_default()
    }

    #[test]
    fn kathmandu_is_five_hours_and_three_quarters_ahead() {
        let instant = Utc.with_ymd_and_hms(2026, 11, 24, 18, 30, 0).single().unwrap_or_default();
        let moment = Moment::new(instant, zone("Asia/Kathmandu"));
        assert_eq!(moment.text, "Wednesday 25 November 2026, 00:15");
        assert_eq!(moment.utc, "2026-11-24T18:30:00Z");
    }

    #[test]
    fn where_midnight_is_skipped_the_day_begins_after_it() {
        // Beirut goes from 00:00 to 01:00 on the last Sunday of March.
        let date = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap_or_default();
        assert_eq!(start_of_day(date, zone("Asia/Beirut")).format("%Y-%m-%dT%H:%M").to_string(), "2026-03-28T22:00");
    }

    #[test]
    fn a_length_is_told_as_people_do() {
        let told = [0, 59, 60, 725, 3_600, 3_959, -1].map(length_in_words);
        assert_eq!(told, ["0 s", "59 s", "1 min 00 s", "12 min 05 s", "1 h 00 min", "1 h 05 min", "0 s"]);
    }

    #[test]
    fn age_counts_birthdays() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
        assert_eq!(age(day(2000, 11, 24), day(2026, 11, 23)), 25);
        assert_eq!(age(day(2000, 11, 24), day(2026, 11, 24)), 26);
        assert_eq!(age(day(2030, 1, 1), day(2026, 1, 1)), 0);
    }
}
