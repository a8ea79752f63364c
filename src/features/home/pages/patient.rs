//! The patient's dashboard.

use serde::Serialize;

use super::rows::{self, UnreadRow, VisitRow, Visits, notifications};
use crate::{
    access::Viewer,
    features::home::{
        queries::FoundForPatient,
        sections::{PatientSections, Section},
    },
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
    unread: Vec<UnreadRow>,
    first_run: bool,
}

impl PatientDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (found, sections, visits): (&FoundForPatient, &PatientSections, &Visits),
    ) -> Self {
        let rows = |section: &Section| -> Vec<VisitRow> {
            rows::rows(section, visits).into_iter().map(|row| VisitRow::new(viewer, present, row)).collect()
        };
        let upcoming = rows(&sections.upcoming);
        Self {
            upcoming_count: sections.upcoming.count,
            requests_count: sections.requests.count,
            proposed_count: sections.proposed.count,
            completed: found.completed,
            doctors: found.doctors,
            unread_count: viewer.unread,
            next: upcoming.first().cloned(),
            upcoming,
            requests: rows(&sections.requests),
            proposed: rows(&sections.proposed),
            unread: notifications(&found.unread, visits, viewer),
            first_run: found.open.is_empty() && found.unread.is_empty() && found.completed == 0,
        }
    }
}

impl Page for PatientDashboard {
    const TEMPLATE: &'static str = "home/patient.html";

    fn title(&self) -> String {
        "Your visits".to_owned()
    }
}
