//! When the demo's doctors work: Monday to Saturday, 09:00–12:00 and 13:00–17:00 in their hospital's zone, and around the moment at which the demo was
//! loaded, whatever the day and the hour: there are visits then, which nobody could promise outside of hours.

use chrono::{DateTime, Datelike, Days, Duration, DurationRound, NaiveDate, NaiveTime, Utc};

use crate::time_zone::{ClockHours, Tz};

/// Length of a visit.
pub(super) const SLOT: Duration = Duration::minutes(30);

/// Weekdays on which they work, 0 = Monday.
pub(super) const WORKDAYS: std::ops::Range<i16> = 0..6;

/// The two windows of a working day.
pub(super) fn windows() -> [(NaiveTime, NaiveTime); 2] {
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    [(at(9), at(12)), (at(13), at(17))]
}

/// The visits around now lie within these of the half hour in which it is.
const AROUND_NOW: (Duration, Duration) = (Duration::minutes(-120), Duration::minutes(240));

const DAY: i64 = 24 * 60;

/// The hours of a doctor's week, each with its weekday: the windows of the working days, and one around now.
pub(super) fn week(zone: Tz, now: DateTime<Utc>) -> Vec<(i16, ClockHours)> {
    let local = zone.local(half_hour(zone, now));
    let (from, until) = (local + AROUND_NOW.0, local + AROUND_NOW.1);
    let today = weekday(from.date());
    let minute = |time: NaiveTime| (time - NaiveTime::MIN).num_minutes();
    let open = minute(from.time());
    let mut around = (open, open + (until - from).num_minutes());
    let mut week = Vec::new();
    for day in 0..7 {
        for (start, end) in windows().map(|(start, end)| (minute(start), minute(end))) {
            if day == today && start <= around.1 && around.0 <= end {
                around = (around.0.min(start), around.1.max(end));
            } else if WORKDAYS.contains(&day) {
                week.extend(hours(start, end).map(|hours| (day, hours)));
            }
        }
    }
    week.extend(hours(around.0, around.1).map(|hours| (today, hours)));
    week
}

/// From a minute of a day to another, which may be one of the next.
fn hours(start: i64, end: i64) -> Option<ClockHours> {
    let time = |minute: i64| NaiveTime::MIN + Duration::minutes(minute % DAY);
    ClockHours::new(time(start), time(end), end >= DAY).ok()
}

fn weekday(date: NaiveDate) -> i16 {
    i16::try_from(date.weekday().num_days_from_monday()).unwrap_or(6)
}

/// When the slot in which `now` lies began.
pub(super) fn half_hour(zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let begun = zone.local(now).duration_trunc(SLOT).ok();
    begun.and_then(|local| zone.instant(local)).unwrap_or(now)
}

/// The working day that many after `date`, or before it.
pub(super) fn workday(date: NaiveDate, count: i64) -> NaiveDate {
    let (mut date, mut left) = (date, count.abs());
    while left > 0 {
        date += Duration::days(count.signum());
        left -= i64::from(WORKDAYS.contains(&weekday(date)));
    }
    date
}

/// The slots of a working day, in order.
pub(super) fn day(zone: Tz, date: NaiveDate) -> impl Iterator<Item = DateTime<Utc>> {
    let slots = windows().into_iter().flat_map(move |(start, end)| {
        let times = std::iter::successors(Some(date.and_time(start)), |time| Some(*time + SLOT));
        times.take_while(move |time| *time + SLOT <= date.and_time(end))
    });
    slots.filter_map(move |time| zone.instant(time))
}

/// Every slot from `days` before today to `days` after, in order, but none of those around now.
pub(super) fn slots(zone: Tz, now: DateTime<Utc>, days: u32) -> Vec<DateTime<Utc>> {
    let today = zone.local(now).date();
    let first = today - Days::new(u64::from(days));
    let dates = (0..=2 * u64::from(days)).map(|day| first + Days::new(day));
    let dates = dates.filter(|date| WORKDAYS.contains(&weekday(*date)));
    let begun = half_hour(zone, now);
    let (from, until) = (begun + AROUND_NOW.0, begun + AROUND_NOW.1);
    dates.flat_map(|date| day(zone, date)).filter(|slot| *slot + SLOT <= from || *slot >= until).collect()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Timelike as _};

    use super::*;
    use crate::cli::demo::{DemoOptions, visits};

    fn zone(name: &str) -> Tz {
        name.parse().unwrap_or_default()
    }

    #[test]
    fn every_visit_lies_in_the_hours_of_its_doctor_whenever_the_demo_is_loaded() {
        // Monday 23 November 2026; in Kathmandu it is 5 h 45 min later, in Kolkata 5 h 30 min.
        let monday = Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).single().unwrap_or_default();
        for minutes in (0..7 * DAY).step_by(170) {
            let now = monday + Duration::minutes(minutes);
            let visits = visits::plan(DemoOptions::default(), now).unwrap_or_else(|error| panic!("{error}"));
            for visit in visits.iter().filter(|visit| !visit.is_walk_in) {
                let minute = visits::zone(visit.hospital).local(visit.starts_at).minute();
                assert!(minute.is_multiple_of(30), "{now}: {visit:?} is not on the grid");
                let zone = visits::zone(visit.hospital);
                let week = week(zone, now);
                let (starts_at, ends_at) = (zone.local(visit.starts_at), zone.local(visit.starts_at + SLOT));
                let covers = |(day, hours): &(i16, ClockHours)| {
                    let dates = [starts_at.date(), starts_at.date() - Days::new(1)];
                    dates.into_iter().filter(|date| weekday(*date) == *day).any(|date| {
                        let (from, until) = hours.on(date);
                        from <= starts_at && ends_at <= until
                    })
                };
                assert!(week.iter().any(covers), "{now}: {starts_at} in {week:?}");
                let overlap = |(place, one): (usize, &(i16, ClockHours))| {
                    week.iter().skip(place + 1).any(|other| ClockHours::overlap(*one, *other))
                };
                assert!(!week.iter().enumerate().any(overlap), "{now}: {week:?}");
            }
        }
    }

    #[test]
    fn a_week_has_six_days_of_fourteen_slots() {
        // A Sunday, on which nothing goes on around now that a working day would have.
        let now = Utc.with_ymd_and_hms(2026, 11, 29, 3, 45, 0).single().unwrap_or_default();
        let slots = slots(zone("Asia/Kathmandu"), now, 3);
        assert_eq!(slots.len(), 6 * 14);
        assert!(slots.windows(2).all(|pair| matches!(pair, [one, next] if *one + SLOT <= *next)));
    }

    #[test]
    fn a_sunday_is_no_working_day() {
        let date = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default();
        assert_eq!((workday(date(28), 1), workday(date(30), -1)), (date(30), date(28)));
        assert_eq!(workday(date(27), 2), date(30));
    }
}
