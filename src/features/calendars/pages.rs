//! The page on which the address of one's calendar is made and taken back.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    access::Viewer,
    web::{Moment, Page},
};

/// One's own calendar.
#[derive(Debug, Serialize)]
pub(super) struct CalendarPage {
    /// Since when there is an address; none without one.
    made_at: Option<Moment>,
    /// The address, on the one page that shows it.
    address: Option<String>,
}

impl CalendarPage {
    pub(super) fn new(viewer: &Viewer, made_at: Option<DateTime<Utc>>, address: Option<String>) -> Self {
        Self { made_at: made_at.map(|at| Moment::new(at, viewer.zone())), address }
    }
}

impl Page for CalendarPage {
    const TEMPLATE: &'static str = "calendars/own.html";

    fn title(&self) -> String {
        "Your calendar".to_owned()
    }
}
