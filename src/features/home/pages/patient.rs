//! The patient's dashboard.

use serde::Serialize;

use super::rows::{NotificationRow, VisitRow, appointments, unread};
use crate::{
    access::Viewer,
    features::home::queries::{Item, PatientFigures, Section},
    web::{Page, Present},
};

/// What comes next, and what the patient is asked.
#[derive(Debug, Serialize)]
pub(in crate::features::home) struct PatientDashboard {
    upcoming_count: i64,
    requests_count: i64,
    proposed_count: i64,
    completed: i64,
    doctors: i64,
    unread_count: i64,
    /// The next visit, with its countdown.
    next: Option<VisitRow>,
    upcoming: Vec<VisitRow>,
    requests: Vec<VisitRow>,
    proposed: Vec<VisitRow>,
    unread: Vec<NotificationRow>,
    first_run: bool,
}

impl PatientDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (figures, items): (&PatientFigures, &[Item]),
    ) -> Self {
        let rows = |section| -> Vec<VisitRow> {
            appointments(items, section).into_iter().map(|row| VisitRow::new(viewer, present, row)).collect()
        };
        let upcoming = rows(Section::Upcoming);
        Self {
            upcoming_count: figures.upcoming,
            requests_count: figures.requests,
            proposed_count: figures.proposed,
            completed: figures.completed,
            doctors: figures.doctors,
            unread_count: viewer.unread,
            next: upcoming.first().cloned(),
            upcoming,
            requests: rows(Section::Requests),
            proposed: rows(Section::Proposed),
            unread: unread(items, viewer),
            first_run: items.is_empty() && figures.completed == 0,
        }
    }
}

impl Page for PatientDashboard {
    const TEMPLATE: &'static str = "home/patient.html";

    fn title(&self) -> String {
        "Your visits".to_owned()
    }
}
