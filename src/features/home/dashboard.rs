//! Which days and moments a dashboard speaks of.

use chrono::{Days, Duration};

use crate::{
    features::schedules::Stretch,
    time_zone::Tz,
    web::{Present, start_of_day},
};

/// The local date in `zone`, from its first instant to the first of the next: 23, 24 or 25
/// hours, for days on which the clocks change are not 24 hours long.
pub(super) fn today(present: &Present, zone: Tz) -> Stretch {
    let date = present.date(zone);
    Stretch { starts_at: start_of_day(date, zone), ends_at: start_of_day(date + Days::new(1), zone) }
}

/// Whatever can be among what a doctor looks at before the day is over: they look 24 hours ahead.
pub(super) fn widest_agenda(present: &Present, zone: Tz) -> Stretch {
    let today = today(present, zone);
    Stretch { ends_at: today.ends_at + Duration::hours(24), ..today }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone, Utc};

    use super::*;

    fn hours(now: (i32, u32, u32, u32), zone: Tz) -> (String, i64) {
        let now = Utc.with_ymd_and_hms(now.0, now.1, now.2, now.3, 0, 0).single().unwrap_or_default();
        let Stretch { starts_at, ends_at } = today(&Present::new(now, None), zone);
        (starts_at.format("%Y-%m-%dT%H:%M").to_string(), (ends_at - starts_at).num_hours())
    }

    fn zone(name: &str) -> Tz {
        name.parse().unwrap_or_default()
    }

    #[test]
    fn a_day_in_kathmandu_begins_in_the_evening_before() {
        assert_eq!(hours((2026, 11, 24, 3), zone("Asia/Kathmandu")), ("2026-11-23T18:15".to_owned(), 24));
        assert_eq!(hours((2026, 11, 24, 19), zone("Asia/Kathmandu")), ("2026-11-24T18:15".to_owned(), 24));
    }

    #[test]
    fn days_on_which_the_clocks_change_are_23_and_25_hours_long() {
        assert_eq!(hours((2026, 3, 29, 12), zone("Europe/London")).1, 23);
        assert_eq!(hours((2026, 10, 25, 12), zone("Europe/London")).1, 25);
    }
}
