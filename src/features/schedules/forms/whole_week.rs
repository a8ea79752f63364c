//! A doctor's hours day by day, as one form.
//!
//! A normal week used to be ten forms. Nights are no part of it: an end before its beginning would mean a night as easily as a slip.

use std::collections::BTreeSet;

use chrono::NaiveTime;

use super::{NewWindow, not_hours};
use crate::{
    features::schedules::free::{ByDay, MOST_A_DAY, Window},
    time_zone::ClockHours,
    web::{
        FormReader, FormView,
        forms::{Fields, padded},
        parse_time,
    },
};

/// The hours that are to be a doctor's from now on; what stands beside them stays.
#[derive(Clone, Debug)]
pub(in super::super) struct NewWeek {
    pub(in super::super) windows: Vec<NewWindow>,
    /// The hours by day as the page showed them: [`seen`].
    pub(in super::super) seen: String,
    /// `appointment.id` of those that were said to come to lie outside of the hours.
    pub(in super::super) accepted: BTreeSet<i64>,
}

/// The fields in which hours of a weekday begin and end, the `place`th of that day.
pub(in super::super) fn fields_of(weekday: i16, place: usize) -> (String, String) {
    (format!("from_{weekday}_{place}"), format!("to_{weekday}_{place}"))
}

/// The field that says that a weekday is like Monday.
pub(in super::super) fn same_of(weekday: i16) -> String {
    format!("same_{weekday}")
}

/// The hours by day in a word, by which a change of somebody else is noticed.
pub(in super::super) fn seen(windows: &ByDay) -> String {
    let word = |window: &Window| format!("{} {}", window.weekday, window.hours);
    windows.by_day.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// The form. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn whole_week(fields: Fields) -> Result<(NewWeek, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    reader.optional("week", "Week", 2);
    let seen = reader.optional("seen", "Hours", 4_000).unwrap_or_default();
    let accepted = reader.optional("accepted", "Visits", 4_000).unwrap_or_default();
    let accepted = accepted.split(' ').filter_map(|id| id.parse().ok()).collect();
    let monday = day(&reader, 0);
    let mut windows = monday.clone();
    for weekday in 1..7 {
        if reader.optional(&same_of(weekday), "As on Monday", 2).is_some() {
            // What stands in its own fields does not count, be it half typed.
            for field in (0..MOST_A_DAY).flat_map(|place| <[String; 2]>::from(fields_of(weekday, place))) {
                reader.optional(&field, "Hours", 320);
            }
            windows.extend(monday.iter().map(|new| NewWindow { weekday, ..*new }));
        } else {
            windows.extend(day(&reader, weekday));
        }
    }
    let typed = reader.view();
    reader.finish(Some((NewWeek { windows, seen, accepted }, typed)))
}

/// The hours of one day, earliest first.
fn day(reader: &FormReader, weekday: i16) -> Vec<NewWindow> {
    let mut windows: Vec<NewWindow> = Vec::new();
    for place in 0..MOST_A_DAY {
        let Some(new) = hours(reader, weekday, place) else { continue };
        let meets = |other: &NewWindow| ClockHours::overlap((weekday, other.hours), (weekday, new.hours));
        if windows.iter().any(meets) {
            reader.error(&fields_of(weekday, place).0, "These hours overlap others of that day.");
        }
        windows.push(new);
    }
    windows.sort_by_key(|new| new.hours);
    windows
}

/// The hours in one place of a day; nothing where nothing is entered.
fn hours(reader: &FormReader, weekday: i16, place: usize) -> Option<NewWindow> {
    let (from, to) = fields_of(weekday, place);
    let time = |name: &str, label| reader.parsed_optional(name, label, |text| at(text, name == to));
    match (time(&from, "From"), time(&to, "To")) {
        (Some(start), Some(end)) => match ClockHours::new(start, end, false) {
            Ok(hours) => Some(NewWindow { weekday, hours }),
            Err(why) => {
                reader.error(&to, not_hours(why));
                None
            }
        },
        (None, None) => None,
        (begin, _) => {
            let (empty, what) = if begin.is_none() { (&from, "begin") } else { (&to, "end") };
            // What could not be understood is said already.
            if !reader.is_wrong(empty) {
                reader.error(empty, format!("Enter when these hours {what}, or clear both."));
            }
            None
        }
    }
}

/// A time of day. At the end of a day some write 24:00.
pub(super) fn at(text: &str, is_end: bool) -> Result<NaiveTime, String> {
    let text = padded(text);
    let text = if is_end && text == "24:00" { "00:00" } else { &text };
    parse_time(text).ok_or_else(|| "Enter a time such as 09:00.".to_owned())
}
