//! The times that a form offers: of a visit that is booked, and of one that is moved.

use chrono::{Days, NaiveDate};
use serde::Serialize;

use crate::{
    features::{
        appointments::service::booking::AHEAD,
        schedules::{self, DayOfTimes, FreeTimes, Rules},
    },
    web::Present,
};

/// So many times are offered at once at least: whole days.
const TIMES: usize = 30;

/// Some days with their times, and the ways to others.
#[derive(Debug, Default, Serialize)]
pub(super) struct OfferedTimes {
    days: Vec<DayOfTimes>,
    /// Whether one of them is taken, and can be had with a reason.
    has_taken: bool,
    /// Where the days after these are, and those before.
    later_href: Option<String>,
    earlier_href: Option<String>,
}

impl OfferedTimes {
    /// What the schedules have from `date` on, to staff also what they may overbook; `href` is where the days from another one on are.
    pub(super) fn new(
        (schedule, rules): (&dyn FreeTimes, Rules),
        (date, is_staff): (NaiveDate, bool),
        present: &Present,
        href: impl Fn(NaiveDate) -> String,
    ) -> Self {
        let (days, later) = offer((schedule, rules), (date, is_staff), present);
        let today = present.date(rules.zone);
        let earlier = Some(today.max(date - Days::new(7))).filter(|_| date > today);
        let has_taken = days.iter().any(|day| day.times.iter().any(|time| time.is_taken));
        Self { days, has_taken, later_href: later.map(&href), earlier_href: earlier.map(&href) }
    }

    /// The first of these times, as forms send it.
    pub(super) fn first(&self) -> Option<&str> {
        self.days.iter().flat_map(|day| &day.times).map(|time| time.value.as_str()).next()
    }

    /// The same but for one time, as forms send it.
    pub(super) fn without(mut self, value: &str) -> Self {
        for day in &mut self.days {
            day.times.retain(|time| time.value != value);
        }
        self.days.retain(|day| !day.times.is_empty());
        self
    }
}

/// The day `date`, if times can be looked for from it on; else the nearest such.
pub(super) fn within_reach(date: NaiveDate, today: NaiveDate) -> NaiveDate {
    date.clamp(today, today + Days::new(5 * 366))
}

/// Free times, to staff the taken ones of the first day as well, which they may overbook; and the day after the last of these days.
fn offer(
    (schedule, rules): (&dyn FreeTimes, Rules),
    (date, is_staff): (NaiveDate, bool),
    present: &Present,
) -> (Vec<DayOfTimes>, Option<NaiveDate>) {
    let free = schedule.whole_days((date, AHEAD), rules, (present, TIMES));
    // The day after the last that was looked at.
    let is_full = free.iter().map(|(_, slots)| slots.len()).sum::<usize>() >= TIMES;
    let last = free.last().map(|(date, _)| *date).filter(|_| is_full);
    let later = Some(last.unwrap_or(date + Days::new(AHEAD - 1)) + Days::new(1));
    let mut days = schedules::days(free, rules.zone);
    let taken = if is_staff { schedule.taken(date, rules, present) } else { Vec::new() };
    let Some(mut taken) = schedules::days(vec![(date, taken)], rules.zone).pop().filter(|day| !day.times.is_empty())
    else {
        return (days, later);
    };
    for time in &mut taken.times {
        time.label.push_str(" (taken)");
        time.is_taken = true;
    }
    match days.first_mut().filter(|day| day.date == taken.date) {
        Some(first) => {
            first.times.append(&mut taken.times);
            first.times.sort_by(|one, other| one.value.cmp(&other.value));
        }
        None => days.insert(0, taken),
    }
    (days, later)
}
