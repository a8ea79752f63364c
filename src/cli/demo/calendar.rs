//! When the demo's doctors work: Monday to Saturday, 09:00–12:00 and 13:00–17:00 in their hospital's zone.

use chrono::{DateTime, Datelike, Days, Duration, NaiveTime, Utc};

use crate::time_zone::Tz;

/// Length of a visit.
pub(super) const SLOT: Duration = Duration::minutes(30);

/// Weekdays on which they work, 0 = Monday.
pub(super) const WORKDAYS: std::ops::Range<i16> = 0..6;

/// The two windows of a working day.
pub(super) fn windows() -> [(NaiveTime, NaiveTime); 2] {
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or(NaiveTime::MIN);
    [(at(9), at(12)), (at(13), at(17))]
}

/// Every slot from `days` before today to `days` after, in order, but none that touches `except`.
pub(super) fn slots(
    zone: Tz,
    (now, days): (DateTime<Utc>, u32),
    except: (DateTime<Utc>, DateTime<Utc>),
) -> Vec<DateTime<Utc>> {
    let today = now.with_timezone(&zone).date_naive();
    let first = today - Days::new(u64::from(days));
    let dates = (0..=2 * u64::from(days)).map(|day| first + Days::new(day));
    let dates =
        dates.filter(|date| WORKDAYS.contains(&i16::try_from(date.weekday().num_days_from_monday()).unwrap_or(6)));
    let mut slots = Vec::new();
    for date in dates {
        for (start, end) in windows() {
            let mut time = date.and_time(start);
            while time + SLOT <= date.and_time(end) {
                if let Some(instant) = zone.instant(time) {
                    slots.push(instant);
                }
                time += SLOT;
            }
        }
    }
    slots.retain(|slot| *slot + SLOT <= except.0 || *slot >= except.1);
    slots
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    fn zone(name: &str) -> Tz {
        name.parse().unwrap_or_default()
    }

    #[test]
    fn a_week_has_six_days_of_fourteen_slots() {
        // 09:30 there, where one slot ends and the next begins, so that none is left out.
        let now = Utc.with_ymd_and_hms(2026, 11, 25, 3, 45, 0).single().unwrap_or_default();
        let slots = slots(zone("Asia/Kathmandu"), (now, 3), (now, now));
        assert_eq!(slots.len(), 6 * 14);
        assert!(slots.windows(2).all(|pair| matches!(pair, [one, next] if *one + SLOT <= *next)));
    }
}
