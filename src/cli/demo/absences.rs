//! When doctors of a demo are away: in each hospital one for an afternoon, after visits were booked in it, and one for days to come; some others later.

use chrono::{DateTime, Duration, NaiveTime, Utc};

use super::calendar;
use crate::time_zone::Tz;

/// The doctor of each hospital, counted from none, who is away for an afternoon.
pub(super) const AN_AFTERNOON: usize = 1;
/// The one who is away for whole days, which everybody has known for long.
pub(super) const WHOLE_DAYS: usize = 2;

/// From an instant up to another.
pub(super) type DemoAbsence = (DateTime<Utc>, DateTime<Utc>);

/// The absence of the doctor at `place`, the one of that `rank` in a hospital of that zone.
pub(super) fn of((place, rank): (usize, usize), zone: Tz, now: DateTime<Utc>) -> Option<DemoAbsence> {
    let today = zone.local(now).date();
    let midnight = |date: chrono::NaiveDate| zone.instant(date.and_time(NaiveTime::MIN));
    let days = |first: chrono::NaiveDate, count| Some((midnight(first)?, midnight(first + Duration::days(count))?));
    match rank {
        AN_AFTERNOON => {
            let [_, (from, until)] = calendar::windows();
            let date = calendar::workday(today, 2);
            Some((zone.instant(date.and_time(from))?, zone.instant(date.and_time(until))?))
        }
        WHOLE_DAYS => days(calendar::workday(today, 4), 5),
        _ if place % 3 == 1 => days(today + Duration::days(40 + i64::try_from(place % 10).unwrap_or(0)), 3),
        _ => None,
    }
}
