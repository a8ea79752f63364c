//! How many minutes a doctor works within some days.

use chrono::{Datelike, Duration, NaiveDate};

use super::forms::Range;
use crate::{
    features::schedules::Stretch,
    time_zone::{ClockHours, Tz},
};

/// A doctor's week and absences.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    /// Weekday (0 = Monday), and from when to when in the hospital's zone.
    pub(super) windows: Vec<(i16, ClockHours)>,
    /// From when to when nobody is seen.
    pub(super) absences: Vec<Stretch>,
}

impl Hours {
    /// The minutes of the windows on the days of `range`, without what falls into an absence.
    pub(super) fn minutes(&self, range: Range, zone: Tz) -> i64 {
        let absences = merged(self.absences.clone());
        // Of the night before the first day what is left, and of the last night what lies before midnight.
        let days = range.from.pred_opt().into_iter().chain(range.days());
        let span = range.span(zone);
        let windows = days.flat_map(|date| self.on(date, zone)).map(|window| shared(window, span));
        let windows = merged(windows.filter(|window| window.starts_at < window.ends_at).collect());
        windows.into_iter().map(|window| (length(window) - taken(window, &absences)).num_minutes()).sum()
    }

    fn on(&self, date: NaiveDate, zone: Tz) -> Vec<Stretch> {
        let weekday = i16::try_from(date.weekday().num_days_from_monday()).unwrap_or_default();
        let today = self.windows.iter().filter(|(day, _)| *day == weekday).map(|(_, hours)| hours.on(date));
        today.map(|(from, until)| Stretch { starts_at: zone.resolve(from), ends_at: zone.resolve(until) }).collect()
    }
}

/// What lies in both; it ends before it begins where nothing does.
fn shared(one: Stretch, other: Stretch) -> Stretch {
    Stretch { starts_at: one.starts_at.max(other.starts_at), ends_at: one.ends_at.min(other.ends_at) }
}

fn length(Stretch { starts_at, ends_at }: Stretch) -> Duration {
    (ends_at - starts_at).max(Duration::zero())
}

/// How much of `window` lies in `absences`, none of which meet.
fn taken(window: Stretch, absences: &[Stretch]) -> Duration {
    absences.iter().map(|absence| length(shared(window, *absence))).sum()
}

/// The same stretches in order, those that meet made one.
fn merged(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    stretches.sort_unstable();
    let mut merged: Vec<Stretch> = Vec::new();
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if stretch.starts_at <= last.ends_at => last.ends_at = last.ends_at.max(stretch.ends_at),
            _ => merged.push(stretch),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveTime, TimeZone as _, Utc};

    use super::*;

    fn range(from: &str, to: &str) -> Range {
        let date = |text: &str| text.parse().unwrap_or_default();
        Range { from: date(from), to: date(to) }
    }

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
    }

    /// From one hour to another, of the next day from 24 on.
    fn hours_of(from: u32, to: u32) -> ClockHours {
        let minute = i32::try_from(to * 60).ok().filter(|_| to >= 24);
        ClockHours::stored(time(from), time(to % 24), minute)
    }

    fn utc(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).single().unwrap_or_default()
    }

    fn zone(name: &str) -> Tz {
        name.parse().unwrap_or_default()
    }

    #[test]
    fn a_week_counts_its_windows_and_an_absence_takes_its_part_of_them() {
        // Mondays 9 to 12 and 13 to 17, Tuesdays 9 to 11; the 23rd is a Monday.
        let windows = vec![(0, hours_of(9, 12)), (0, hours_of(13, 17)), (1, hours_of(9, 11))];
        let mut hours = Hours { windows, absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-29"), Tz::UTC), 9 * 60);
        // Monday from 11 to 14, told twice, and Tuesday from 10 on.
        let absence = |starts_at, ends_at| Stretch { starts_at, ends_at };
        hours.absences = vec![
            absence(utc(23, 11), utc(23, 14)),
            absence(utc(23, 11), utc(23, 13)),
            absence(utc(24, 10), utc(25, 0)),
        ];
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-29"), Tz::UTC), 6 * 60);
        assert_eq!(hours.minutes(range("2026-11-24", "2026-11-24"), Tz::UTC), 60);
        assert_eq!(hours.minutes(range("2026-11-25", "2026-11-29"), Tz::UTC), 0);
    }

    #[test]
    fn a_window_over_the_change_of_the_clocks_is_as_long_as_it_lasts() {
        // Sunday 25 October 2026 in London: 0 to 4 o'clock lasts five hours; in March three.
        let hours = Hours { windows: vec![(6, hours_of(0, 4))], absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-10-25", "2026-10-25"), zone("Europe/London")), 5 * 60);
        assert_eq!(hours.minutes(range("2026-03-29", "2026-03-29"), zone("Europe/London")), 3 * 60);
    }

    #[test]
    fn hours_until_midnight_are_whole_and_a_night_is_shared_by_its_two_days() {
        let of_one = |from: u32, to: u32| Hours { windows: vec![(0, hours_of(from, to))], absences: Vec::new() };
        let monday = of_one(22, 24);
        assert_eq!(monday.minutes(range("2026-11-23", "2026-11-23"), Tz::UTC), 120);
        let night = of_one(22, 26);
        for (from, to, minutes) in [
            ("2026-11-23", "2026-11-23", 120),
            ("2026-11-24", "2026-11-24", 120),
            ("2026-11-22", "2026-11-25", 240),
            ("2026-11-25", "2026-11-25", 0),
        ] {
            assert_eq!(night.minutes(range(from, to), Tz::UTC), minutes, "{from} {to}");
        }
        // Saturday night in London, into the Sunday on which one hour comes twice, or not at all.
        let saturday = Hours { windows: vec![(5, hours_of(23, 28))], absences: Vec::new() };
        assert_eq!(saturday.minutes(range("2026-10-24", "2026-10-25"), zone("Europe/London")), 6 * 60);
        assert_eq!(saturday.minutes(range("2026-03-28", "2026-03-29"), zone("Europe/London")), 4 * 60);
    }

    #[test]
    fn windows_that_overlap_count_once() {
        let hours = Hours { windows: vec![(0, hours_of(9, 12)), (0, hours_of(11, 13))], absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-23"), Tz::UTC), 4 * 60);
    }
}
