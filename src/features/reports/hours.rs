//! How many minutes a doctor works within some days.

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;

use super::forms::Range;
use crate::web::resolve_local;

/// A doctor's week and absences.
#[derive(Clone, Debug, Default)]
pub(super) struct Hours {
    /// Weekday (0 = Monday), and from when to when in the hospital's zone.
    pub(super) windows: Vec<(i16, NaiveTime, NaiveTime)>,
    /// From when to when nobody is seen.
    pub(super) absences: Vec<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Hours {
    /// The minutes of the windows on the days of `range`, without what falls into an absence.
    pub(super) fn minutes(&self, range: Range, zone: Tz) -> i64 {
        let absences = merged(self.absences.clone());
        let windows = range.days().flat_map(|date| self.on(date, zone)).collect();
        merged(windows).into_iter().map(|window| (length(window) - taken(window, &absences)).num_minutes()).sum()
    }

    fn on(&self, date: NaiveDate, zone: Tz) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let weekday = i16::try_from(date.weekday().num_days_from_monday()).unwrap_or_default();
        let today = self.windows.iter().filter(|(day, _, _)| *day == weekday);
        today
            .map(|(_, from, to)| (resolve_local(date.and_time(*from), zone), resolve_local(date.and_time(*to), zone)))
            .collect()
    }
}

fn length((from, to): (DateTime<Utc>, DateTime<Utc>)) -> Duration {
    (to - from).max(Duration::zero())
}

/// How much of `window` lies in `absences`, none of which meet.
fn taken(window: (DateTime<Utc>, DateTime<Utc>), absences: &[(DateTime<Utc>, DateTime<Utc>)]) -> Duration {
    absences.iter().map(|absence| length((window.0.max(absence.0), window.1.min(absence.1)))).sum()
}

/// The same stretches in order, those that meet made one.
fn merged(mut stretches: Vec<(DateTime<Utc>, DateTime<Utc>)>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
    stretches.sort_unstable();
    let mut merged: Vec<(DateTime<Utc>, DateTime<Utc>)> = Vec::new();
    for stretch in stretches {
        match merged.last_mut() {
            Some(last) if stretch.0 <= last.1 => last.1 = last.1.max(stretch.1),
            _ => merged.push(stretch),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn range(from: &str, to: &str) -> Range {
        let date = |text: &str| text.parse().unwrap_or_default();
        Range { from: date(from), to: date(to) }
    }

    fn time(hour: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default()
    }

    fn utc(day: u32, hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, day, hour, 0, 0).single().unwrap_or_default()
    }

    #[test]
    fn a_week_counts_its_windows_and_an_absence_takes_its_part_of_them() {
        // Mondays 9 to 12 and 13 to 17, Tuesdays 9 to 11; the 23rd is a Monday.
        let windows = vec![(0, time(9), time(12)), (0, time(13), time(17)), (1, time(9), time(11))];
        let mut hours = Hours { windows, absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-29"), Tz::UTC), 9 * 60);
        // Monday from 11 to 14, told twice, and Tuesday from 10 on.
        hours.absences = vec![(utc(23, 11), utc(23, 14)), (utc(23, 11), utc(23, 13)), (utc(24, 10), utc(25, 0))];
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-29"), Tz::UTC), 6 * 60);
        assert_eq!(hours.minutes(range("2026-11-24", "2026-11-24"), Tz::UTC), 60);
        assert_eq!(hours.minutes(range("2026-11-25", "2026-11-29"), Tz::UTC), 0);
    }

    #[test]
    fn a_window_over_the_change_of_the_clocks_is_as_long_as_it_lasts() {
        // Sunday 25 October 2026 in London: 0 to 4 o'clock lasts five hours; in March three.
        let hours = Hours { windows: vec![(6, time(0), time(4))], absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-10-25", "2026-10-25"), Tz::Europe__London), 5 * 60);
        assert_eq!(hours.minutes(range("2026-03-29", "2026-03-29"), Tz::Europe__London), 3 * 60);
    }

    #[test]
    fn windows_that_overlap_count_once() {
        let hours = Hours { windows: vec![(0, time(9), time(12)), (0, time(11), time(13))], absences: Vec::new() };
        assert_eq!(hours.minutes(range("2026-11-23", "2026-11-23"), Tz::UTC), 4 * 60);
    }
}
