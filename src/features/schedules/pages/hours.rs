//! A doctor's hours day by day, as a form shows them.

use chrono::NaiveTime;
use serde::Serialize;

use super::{
    super::{
        forms::{fields_of, same_of},
        free::{ByDay, MOST_A_DAY},
    },
    WEEKDAYS,
};
use crate::web::FormView;

/// So many places a day has at least: a morning and an afternoon.
const PLACES: usize = 2;

/// A day of the week, and when it has hours.
#[derive(Debug, Serialize)]
pub(super) struct HoursOfDay {
    #[serde(skip)]
    weekday: i16,
    day: &'static str,
    places: Vec<Place>,
    /// The field that makes it like Monday; none of Monday itself.
    same: Option<String>,
}

/// The fields of one window, and what stands in them.
#[derive(Debug, Serialize)]
struct Place {
    from_field: String,
    from: String,
    to_field: String,
    to: String,
}

impl Place {
    fn new((from_field, to_field): (String, String), shown: Option<(NaiveTime, NaiveTime)>) -> Self {
        let shown = shown.map(|(from, to)| [from, to].map(|time| time.format("%H:%M").to_string()));
        let [from, to] = shown.unwrap_or_default();
        Self { from_field, from, to_field, to }
    }
}

impl HoursOfDay {
    fn new((weekday, day): (i16, &'static str), windows: &ByDay) -> Self {
        let shown: Vec<_> = windows.of(weekday).map(|window| window.hours.shown()).collect();
        let places = shown.len().clamp(PLACES, MOST_A_DAY);
        let place = |place: usize| Place::new(fields_of(weekday, place), shown.get(place).copied());
        Self { weekday, day, places: (0..places).map(place).collect(), same: (weekday > 0).then(|| same_of(weekday)) }
    }

    /// Shows as many places as were typed into, though there are fewer hours by now.
    pub(super) fn make_room_for(&mut self, form: &FormView) {
        let typed = (self.places.len()..MOST_A_DAY).map(|place| fields_of(self.weekday, place));
        let is_there = |(from, to): &(String, String)| [from, to].iter().any(|name| form.values.contains_key(*name));
        self.places.extend(typed.filter(is_there).map(|fields| Place::new(fields, None)));
    }
}

/// The days of the week. More windows than there is room for are added one by one.
pub(super) fn hours_of_days(windows: &ByDay) -> Vec<HoursOfDay> {
    (0..).zip(WEEKDAYS).map(|day| HoursOfDay::new(day, windows)).collect()
}

/// What is asked before visits come to lie outside of the hours.
pub(in super::super) fn asking_of(visits: usize) -> String {
    let (lie, they) =
        if visits == 1 { ("visit that is planned lies", "it") } else { ("visits that are planned lie", "they") };
    format!(
        "{visits} {lie} outside of these hours: {they} would stay until somebody moves or cancels {}. Save again if that is meant.",
        if visits == 1 { "it" } else { "them" }
    )
}
