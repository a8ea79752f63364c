//! What people say about schedules, as domain types.

mod search;
mod whole_week;

pub(crate) use search::{ANY_DOCTOR, is_field};
pub(super) use search::{SearchQuery, TimesSearch, fields};
pub(super) use whole_week::{NewWeek, fields_of, same_of, seen};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use entity::limits;
use serde::Deserialize;

use super::free::Stretch;
use crate::{
    time_zone::{ClockHours, NotHours, Tz},
    web::{FormReader, FormView, forms::Fields, parse_local, query::day},
};

/// The longest absence.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// The query string of the free times.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimesQuery {
    date: Option<String>,
}

impl TimesQuery {
    /// The day asked for, `today` if none is, with the form.
    ///
    /// # Errors
    /// The form to show again.
    pub(super) fn date(self, today: NaiveDate) -> Result<(NaiveDate, FormView), Box<FormView>> {
        let asked = self.date.unwrap_or_else(|| today.to_string());
        let reader = FormReader::new(Fields::from([("date".to_owned(), asked)]));
        let date = reader.parsed_optional("date", "Date", day).unwrap_or(today);
        let form = reader.view();
        reader.finish(Some((date, form)))
    }
}

/// A window to come into a week.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewWindow {
    pub(super) weekday: i16,
    pub(super) hours: ClockHours,
}

/// What is to become of a week.
#[derive(Clone, Debug)]
pub(super) enum WeekChange {
    /// All hours by day are to be these.
    Whole(NewWeek),
    Add(NewWindow),
    /// `availability.id`
    Remove(i64),
}

/// The form of the whole week, the one that adds a window, or the button that removes one. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn week(fields: Fields) -> Result<(WeekChange, FormView), Box<FormView>> {
    if fields.contains_key("week") {
        return whole_week::whole_week(fields).map(|(new, typed)| (WeekChange::Whole(new), typed));
    }
    let removes = fields.contains_key("remove");
    let reader = FormReader::new(fields);
    let change = if removes {
        let id = reader.parsed("remove", "Hours", |id| id.parse().map_err(|_error| "Load the page again.".to_owned()));
        id.map(WeekChange::Remove)
    } else {
        window(&reader).map(WeekChange::Add)
    };
    let typed = reader.view();
    reader.finish(change.map(|change| (change, typed)))
}

fn window(reader: &FormReader) -> Option<NewWindow> {
    let weekday = reader.parsed("weekday", "Day", |day| {
        day.parse().ok().filter(|day| (0..7).contains(day)).ok_or_else(|| "Choose a day of the week.".to_owned())
    });
    let time = |name, label| reader.parsed(name, label, |text| whole_week::at(text, name == "end_time"));
    let (start, end) = (time("start_time", "From"), time("end_time", "To"));
    let is_next_day = reader.optional("next_day", "Next day", 8).is_some();
    let hours = match ClockHours::new(start?, end?, is_next_day) {
        Ok(hours) => hours,
        Err(why) => {
            reader.error("end_time", not_hours(why));
            return None;
        }
    };
    Some(NewWindow { weekday: weekday?, hours })
}

fn not_hours(why: NotHours) -> &'static str {
    match why {
        NotHours::Backwards => {
            "The end must be after the beginning. If the hours go on over midnight, say that they end on the next day."
        }
        NotHours::TooLong => "Hours are at most a day long.",
    }
}

/// An absence to come.
#[derive(Clone, Debug)]
pub(super) struct NewAbsence {
    pub(super) stretch: Stretch,
    /// What the hospital's clock shows at its beginning and its end.
    pub(super) local: (NaiveDateTime, NaiveDateTime),
    pub(super) reason: Option<String>,
}

/// The form that adds an absence, its times in `zone`. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(super) fn absence(fields: Fields, zone: Tz, now: DateTime<Utc>) -> Result<(NewAbsence, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let at = |name, label| {
        reader.join_moment(name, label);
        reader.parsed(name, label, |text| {
            let local = parse_local(text).ok_or_else(|| "Enter a day, and a time such as 09:00.".to_owned())?;
            Ok((zone.resolve(local), local))
        })
    };
    let (starts_at, ends_at) = (at("starts_at", "First moment"), at("ends_at", "Last moment"));
    if let Some(((starts_at, _), (ends_at, _))) = starts_at.zip(ends_at) {
        if ends_at <= starts_at {
            reader.error("ends_at", "The end must be after the beginning.");
        } else if ends_at <= now {
            reader.error("ends_at", "That time is over already.");
        } else if ends_at - starts_at > LONGEST {
            reader.error("ends_at", "Enter at most a year at once.");
        }
    }
    let reason = reader.optional("reason", "Reason", limits::TIME_OFF_REASON);
    let typed = reader.view();
    let absence = starts_at.zip(ends_at).map(|((starts_at, from), (ends_at, to))| NewAbsence {
        stretch: Stretch { starts_at, ends_at },
        local: (from, to),
        reason,
    });
    reader.finish(absence.map(|absence| (absence, typed)))
}
