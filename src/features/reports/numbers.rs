//! What a report counts.

use chrono::NaiveDate;
use entity::enums::AppointmentStatus;

use super::spread::Spread;

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
    /// Of those who arrived and whose visit began, how many minutes they waited.
    pub(super) waits: Spread,
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
            self.waits.add(wait, visits);
        }
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
            sum.waits.add_all(&one.waits);
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
}
