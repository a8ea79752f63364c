//! Looking for free times, of one doctor or of several alike.

use chrono::NaiveDate;

use super::{NoTimes, Rules, Schedule, Stretch};
use crate::web::Present;

/// Whose free times are looked for: one doctor's, or those of several.
pub(crate) trait FreeTimes {
    /// The free times of the local `date`, in order.
    ///
    /// # Errors
    /// Why there is none.
    fn free(&self, date: NaiveDate, rules: Rules, present: &Present) -> Result<Vec<Stretch>, NoTimes>;

    /// The times of the local `date` that staff may overbook.
    fn taken(&self, date: NaiveDate, rules: Rules, present: &Present) -> Vec<Stretch>;

    /// Whether it is known at all when anybody works.
    fn has_hours(&self) -> bool;

    /// The free times from `date` on, day by day, until there are `most` or `days` are over.
    fn nearest(
        &self,
        (date, days): (NaiveDate, u64),
        rules: Rules,
        (present, most): (&Present, usize),
    ) -> Vec<(NaiveDate, Vec<Stretch>)> {
        let mut left = most;
        let mut found = self.whole_days((date, days), rules, (present, most));
        for (_, free) in &mut found {
            free.truncate(left);
            left -= free.len();
        }
        found
    }

    /// Free times from `date` on in whole days, until there are `least` or `days` are over: nobody who reads out a day's times leaves some out.
    fn whole_days(
        &self,
        (date, days): (NaiveDate, u64),
        rules: Rules,
        (present, least): (&Present, usize),
    ) -> Vec<(NaiveDate, Vec<Stretch>)> {
        let mut found: Vec<(NaiveDate, Vec<Stretch>)> = Vec::new();
        let mut left = least;
        for date in date.iter_days().take(usize::try_from(days).unwrap_or_default()) {
            if left == 0 {
                break;
            }
            let free = self.free(date, rules, present).unwrap_or_default();
            left = left.saturating_sub(free.len());
            if !free.is_empty() {
                found.push((date, free));
            }
        }
        found
    }
}

impl FreeTimes for Schedule {
    fn free(&self, date: NaiveDate, rules: Rules, present: &Present) -> Result<Vec<Stretch>, NoTimes> {
        Self::free(self, date, rules, present)
    }

    fn taken(&self, date: NaiveDate, rules: Rules, present: &Present) -> Vec<Stretch> {
        Self::taken(self, date, rules, present)
    }

    fn has_hours(&self) -> bool {
        !self.windows.is_empty()
    }
}
