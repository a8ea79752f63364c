//! Days with their free times, to choose in a form or to follow.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::super::free::Stretch;
use crate::{
    access::{Viewer, ViewerKind},
    time_zone::Tz,
    web::local_value,
};

/// The free times of a day, for the component `time_list`.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct DayOfTimes {
    pub(crate) date: String,
    pub(crate) times: Vec<Time>,
}

/// A time to choose.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Time {
    /// `2026-11-24T14:30`, on the hospital's clock.
    pub(crate) value: String,
    /// `14:30`
    pub(crate) label: String,
    /// Whether another visit has it, and staff say why it must be then.
    pub(crate) is_taken: bool,
}

/// Free times as `time_list` shows them.
pub(crate) fn days(free: Vec<(NaiveDate, Vec<Stretch>)>, zone: Tz) -> Vec<DayOfTimes> {
    let times = |slots: Vec<Stretch>| slots.into_iter().map(|slot| Time::new(slot.starts_at, zone)).collect();
    free.into_iter().map(|(date, slots)| DayOfTimes { date: in_words(date), times: times(slots) }).collect()
}

/// What a link begins with that leads to booking with `doctor_id`, and ends with `starts_at=` and the value of a [`Time`]; none for whoever cannot book
/// with them.
pub(crate) fn booking_href(viewer: &Viewer, doctor_id: i64) -> Option<String> {
    match &viewer.kind {
        ViewerKind::Doctor { doctor_id: own, .. } => (*own == doctor_id).then(|| "/appointments/new?".to_owned()),
        _ => Some(format!("/appointments/new?doctor_id={doctor_id}&")),
    }
}

impl Time {
    pub(crate) fn new(at: DateTime<Utc>, zone: Tz) -> Self {
        let label = at.with_timezone(&zone).format("%H:%M").to_string();
        Self { value: local_value(at, zone), label, is_taken: false }
    }
}

pub(super) fn in_words(date: NaiveDate) -> String {
    date.format("%A %-d %B %Y").to_string()
}

/// Where another day is looked at.
#[derive(Debug, Serialize)]
pub(super) struct DayLink {
    pub(super) href: String,
    pub(super) label: String,
}

/// A day with its free times as links, for the component `free_day`.
#[derive(Debug, Serialize)]
pub(super) struct FreeDay {
    /// What links to it lead to: `day-2026-11-24`.
    id: String,
    date: String,
    times: Vec<FreeTime>,
    /// Why there is none.
    none: Option<&'static str>,
}

/// A time that can be booked.
#[derive(Debug, Serialize)]
pub(super) struct FreeTime {
    #[serde(flatten)]
    time: Time,
    /// Where it is booked; none for whoever cannot.
    href: Option<String>,
    /// How many doctors are free then, where any of them would do.
    doctors: Option<usize>,
    /// Who they are, to staff: `Dr Asha Rai, Dr Bina Thapa and 3 more`.
    names: Option<String>,
}

impl FreeTime {
    /// The time as a link that begins with `book`, if it can be booked.
    pub(super) fn new(at: DateTime<Utc>, zone: Tz, book: Option<&str>) -> Self {
        let time = Time::new(at, zone);
        Self { href: book.map(|begin| format!("{begin}starts_at={}", time.value)), time, doctors: None, names: None }
    }

    /// The same, at which so many doctors are free, who are named to staff.
    pub(super) fn with_doctors(self, doctors: usize, names: Option<String>) -> Self {
        Self { doctors: Some(doctors), names, ..self }
    }
}

impl FreeDay {
    /// The day with its times, or why there is none.
    pub(super) fn new(date: NaiveDate, times: Result<Vec<FreeTime>, &'static str>) -> Self {
        let none = times.as_ref().err().copied();
        Self { id: format!("day-{date}"), date: in_words(date), times: times.unwrap_or_default(), none }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.none.is_some()
    }
}
