//! What a report counts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::enums::AppointmentStatus;

/// The visits of a day, of a hospital, or of all days together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// The patient came and the visit took place.
    pub(super) completed: i64,
    /// The patient did not come.
    pub(super) missed: i64,
    /// Asked for, agreed on or going on: no outcome yet.
    pub(super) open: i64,
    /// Declined or cancelled: they do not count as visits.
    pub(super) called_off: i64,
    /// Of those who arrived and whose visit began, how many waited so many minutes.
    waits: BTreeMap<i64, i64>,
}

impl Numbers {
    /// Adds so many visits with this status, whose wait was so many minutes if it is known.
    pub(super) fn add(&mut self, status: AppointmentStatus, wait: Option<i64>, visits: i64) {
        use AppointmentStatus::{
            Cancelled, Completed, Confirmed, InProgress, NoShow, Proposed, Rejected, Requested, Scheduled, Waiting,
        };
        *match status {
            Completed => &mut self.completed,
            NoShow => &mut self.missed,
            Requested | Proposed | Scheduled | Confirmed | Waiting | InProgress => &mut self.open,
            Rejected | Cancelled => &mut self.called_off,
        } += visits;
        if let Some(wait) = wait {
            *self.waits.entry(wait).or_default() += visits;
        }
    }

    /// Of how many the wait is known.
    pub(super) fn waits(&self) -> i64 {
        self.waits.values().sum()
    }

    /// Half of them waited at most so many minutes: the wait of one of them.
    pub(super) fn median(&self) -> Option<i64> {
        self.wait_at((self.waits() + 1) / 2)
    }

    /// Nine of ten waited at most so many minutes.
    pub(super) fn ninetieth(&self) -> Option<i64> {
        self.wait_at((self.waits() * 9 + 9) / 10)
    }

    fn wait_at(&self, place: i64) -> Option<i64> {
        let mut passed = 0;
        let reached = self.waits.iter().find(|(_, visits)| {
            passed += **visits;
            passed >= place
        });
        reached.map(|(wait, _)| *wait)
    }

    /// All that were neither declined nor cancelled: what a dashboard calls the day's visits.
    pub(super) fn visits(&self) -> i64 {
        self.completed + self.missed + self.open
    }

    /// Those who did not come among those with an outcome, in per cent; none without an outcome.
    pub(super) fn missed_percent(&self) -> Option<i64> {
        rounded_percent(self.missed, self.completed + self.missed)
    }

    /// Several together, with the waits of all.
    pub(super) fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        for one in all {
            sum.completed += one.completed;
            sum.missed += one.missed;
            sum.open += one.open;
            sum.called_off += one.called_off;
            one.waits.iter().for_each(|(wait, visits)| *sum.waits.entry(*wait).or_default() += visits);
        }
        sum
    }
}

/// `part` of `whole` in per cent, rounded; none of nothing.
pub(super) fn rounded_percent(part: i64, whole: i64) -> Option<i64> {
    (whole > 0).then(|| (part * 200 + whole) / (whole * 2))
}

/// One day of a hospital.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DayNumbers {
    pub(super) date: NaiveDate,
    pub(super) numbers: Numbers,
}

/// How full a doctor's hours are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Utilisation {
    pub(super) name: String,
    /// Minutes of visits that were kept, missed or are agreed on.
    pub(super) booked: i64,
    /// Minutes of working hours, time off taken away.
    pub(super) available: i64,
}

impl Utilisation {
    /// Above 100 where visits were put into full hours, or outside of them; none without hours.
    pub(super) fn percent(&self) -> Option<i64> {
        rounded_percent(self.booked, self.available)
    }
}

/// The report of a hospital.
#[derive(Clone, Debug)]
pub(super) struct HospitalReport {
    pub(super) days: Vec<DayNumbers>,
    /// All days together, with the waits of all.
    pub(super) total: Numbers,
    pub(super) doctors: Vec<Utilisation>,
}

/// One hospital in the platform's report.
#[derive(Clone, Debug)]
pub(super) struct HospitalNumbers {
    pub(super) name: String,
    pub(super) numbers: Numbers,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn per_cent_are_rounded() {
        assert_eq!((rounded_percent(1, 8), rounded_percent(2, 3), rounded_percent(0, 0)), (Some(13), Some(67), None));
    }

    #[test]
    fn a_wait_is_that_of_a_real_visit() {
        let waited = |waits: &[(i64, i64)]| {
            let mut numbers = Numbers::default();
            waits.iter().for_each(|(wait, visits)| numbers.add(AppointmentStatus::Completed, Some(*wait), *visits));
            (numbers.waits(), numbers.median(), numbers.ninetieth())
        };
        assert_eq!(waited(&[]), (0, None, None));
        assert_eq!(waited(&[(7, 1)]), (1, Some(7), Some(7)));
        assert_eq!(waited(&[(1, 5), (3, 4), (40, 1)]), (10, Some(1), Some(3)));
        assert_eq!(waited(&[(1, 5), (3, 4), (40, 2)]), (11, Some(3), Some(40)));
    }
}
