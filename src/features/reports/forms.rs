//! Which days a report is about.

use chrono::{Datelike, Days, NaiveDate};
use serde::Deserialize;

use crate::{
    features::schedules::Stretch,
    time_zone::Tz,
    web::{FormReader, FormView, Present, query::day, start_of_day},
};

/// Days in a report, unless others are asked for: the last ones, today included.
const USUAL: u64 = 30;
/// Days in a report, at most.
const MOST: i64 = 366;

/// The query string of a report.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    from: Option<String>,
    to: Option<String>,
}

/// Days, the first and the last included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) from: NaiveDate,
    pub(super) to: NaiveDate,
}

impl Range {
    /// Each of its days.
    pub(super) fn days(self) -> impl Iterator<Item = NaiveDate> {
        self.from.iter_days().take_while(move |day| *day <= self.to)
    }

    /// Its weeks, from Monday to Sunday; the first and the last are what is within it.
    pub(super) fn weeks(self) -> impl Iterator<Item = Self> {
        let sunday = |day: NaiveDate| day + Days::new(6 - u64::from(day.weekday().num_days_from_monday()));
        let first = Self { from: self.from, to: sunday(self.from).min(self.to) };
        std::iter::successors(Some(first), move |week| {
            let from = week.to + Days::new(1);
            (from <= self.to).then(|| Self { from, to: sunday(from).min(self.to) })
        })
    }

    /// From its first instant in `zone` to the first after it.
    pub(super) fn span(self, zone: Tz) -> Stretch {
        Stretch { starts_at: start_of_day(self.from, zone), ends_at: start_of_day(self.to + Days::new(1), zone) }
    }
}

impl ReportQuery {
    /// The days, and the form with them filled in. What is left out are the usual ones, in `zone`.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn range(self, present: &Present, zone: Tz) -> Result<(Range, FormView), Box<FormView>> {
        let fields = [("from", self.from), ("to", self.to)];
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.unwrap_or_default()));
        let reader = FormReader::new(fields.collect());
        let (from, to) = (reader.parsed_optional("from", "From", day), reader.parsed_optional("to", "To", day));
        if !reader.is_clean() {
            return reader.finish(None);
        }
        let to = to.unwrap_or_else(|| match from {
            Some(from) => present.date(zone).max(from).min(from + Days::new(USUAL - 1)),
            None => present.date(zone),
        });
        let from = from.unwrap_or_else(|| to - Days::new(USUAL - 1));
        match (to - from).num_days() {
            ..0 => reader.error("to", "The last day must not be before the first."),
            MOST.. => reader.error("to", "A report has at most 366 days."),
            _ => {}
        }
        let filled = FormView::filled([("from", from.to_string()), ("to", to.to_string())]);
        reader.finish(Some((Range { from, to }, filled)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_mondays_and_end_with_the_days() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 11, day).unwrap_or_default();
        let weeks = |from, to| -> Vec<(NaiveDate, NaiveDate)> {
            Range { from: day(from), to: day(to) }.weeks().map(|week| (week.from, week.to)).collect()
        };
        // 24 November 2026 is a Tuesday.
        assert_eq!(weeks(13, 24), [(day(13), day(15)), (day(16), day(22)), (day(23), day(24))]);
        assert_eq!(weeks(16, 22), [(day(16), day(22))]);
        assert_eq!(weeks(24, 24), [(day(24), day(24))]);
    }
}
