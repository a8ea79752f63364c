//! Moments that are typed in two parts, and times of day.
//!
//! The one field that browsers have for a day and a time follows the browser's language and not the clinic's: the afternoon is "PM". Programs send the
//! whole in the one field, as it is documented.

use super::FormReader;

impl FormReader {
    /// Makes the field `name`, `YYYY-MM-DDTHH:MM`, of the day that stands in it and the time in `{name}_time`. A whole moment stays as it is. The next read
    /// of `name` judges it.
    pub fn join_moment(&self, name: &str, label: &str) {
        let Some(time) = self.part(&format!("{name}_time"), label) else { return };
        let mut unread = self.unread.borrow_mut();
        let Some(day) = unread.get_mut(name) else { return };
        let is_left_empty = day.trim().is_empty() && time.is_empty();
        if !(day.contains('T') || is_left_empty) {
            *day = format!("{}T{}", day.trim(), padded(&time));
        }
    }

    /// What was typed in `name`, if there is such a field.
    fn part(&self, name: &str, label: &str) -> Option<String> {
        let is_there = self.unread.borrow().contains_key(name);
        is_there.then(|| self.search(name, label, 16).unwrap_or_default())
    }
}

/// A time of day as people type it, `9:00`, `9.00`, `0900` or `9`, as `09:00`; anything else as it is.
#[must_use]
pub fn padded(time: &str) -> String {
    let (hour, minute) = match time.split_once([':', '.']) {
        Some(parts) => parts,
        None if time.len() > 2 && time.is_ascii() => time.split_at(time.len() - 2),
        None => (time, "00"),
    };
    let is_digits = |text: &str| (1..=2).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
    let is_time = is_digits(hour) && is_digits(minute) && minute.len() == 2;
    if is_time { format!("{hour:0>2}:{minute}") } else { time.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::{Fields, FormReader};
    use super::*;

    fn moment(fields: &[(&str, &str)]) -> Option<String> {
        let fields = fields.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect::<Fields>();
        let reader = FormReader::new(fields);
        reader.join_moment("at", "At");
        let whole = reader.optional("at", "At", 32);
        reader.finish(Some(())).unwrap_or_else(|form| panic!("{:?}", form.errors));
        whole
    }

    #[test]
    fn a_moment_is_made_of_its_day_and_its_time_or_sent_whole() {
        let (day, whole) = ("2026-12-24", Some("2026-12-24T09:00".to_owned()));
        assert_eq!(moment(&[("at", day), ("at_time", "9")]), whole);
        for whole_sent in [&[("at", "2026-12-24T09:00")][..], &[("at", "2026-12-24T09:00"), ("at_time", "")][..]] {
            assert_eq!(moment(whole_sent), whole);
        }
        assert_eq!(moment(&[("at", ""), ("at_time", "")]), None);
        // What is missing is not made up.
        assert_eq!(moment(&[("at", day), ("at_time", "")]).as_deref(), Some("2026-12-24T"));
        assert_eq!(moment(&[("at", ""), ("at_time", "9")]).as_deref(), Some("T09:00"));
    }

    #[test]
    fn a_time_of_day_is_understood_as_people_type_it() {
        let times = [
            ("9", "09:00"),
            ("9:05", "09:05"),
            ("9.05", "09:05"),
            ("905", "09:05"),
            ("0905", "09:05"),
            ("24:00", "24:00"),
        ];
        for (typed, time) in times {
            assert_eq!(padded(typed), time);
        }
        for typed in ["", "9:5", "nine", "9:05 PM", "12345", "1é0"] {
            assert_eq!(padded(typed), typed);
        }
    }
}
