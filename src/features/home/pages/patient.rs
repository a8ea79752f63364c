//! The patient's dashboard.

use entity::enums::AppointmentStatus;
use serde::Serialize;

use super::rows::{self, UnreadRow, VisitRow, notifications};
use crate::{
    access::Viewer,
    features::{
        appointments::{AppointmentRow, VisitsInLine},
        home::{
            queries::FoundForPatient,
            sections::{PatientSections, Section},
        },
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
    unread_messages: i64,
    /// The visit that goes on or is waited for, and those without an outcome.
    present: Vec<PresentVisit>,
    /// The next visit, with its countdown.
    next: Option<VisitRow>,
    upcoming: Vec<VisitRow>,
    requests: Vec<VisitRow>,
    proposed: Vec<VisitRow>,
    unread: Vec<UnreadRow>,
    first_run: bool,
}

/// A visit that is now, or was and is not over.
#[derive(Debug, Serialize)]
struct PresentVisit {
    /// Where it stands, in words.
    says: String,
    /// Of those who wait for the doctor, whose turn comes before: 1 is next.
    place: Option<usize>,
    doctor: String,
    row: VisitRow,
}

/// Where a visit stands that is now, or was and has no outcome, said to its patient.
fn present_words(row: &AppointmentRow) -> String {
    let doctor = row.doctor_name();
    match row.status {
        AppointmentStatus::Waiting => format!("You are waiting for {doctor}"),
        AppointmentStatus::InProgress => format!("Your visit with {doctor} is going on"),
        _ => format!("The time of your visit with {doctor} is over. The hospital has yet to record what came of it"),
    }
}

impl PatientDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (found, sections, in_line): (&FoundForPatient, &PatientSections, &VisitsInLine),
    ) -> Self {
        let visits = &in_line.visits;
        let rows = |section: &Section| -> Vec<VisitRow> {
            rows::rows(section, visits)
                .into_iter()
                .map(|row| VisitRow::new(viewer, (present, &found.rooms), row))
                .collect()
        };
        let upcoming = rows(&sections.upcoming);
        Self {
            present: rows::rows(&sections.present, visits)
                .into_iter()
                .map(|row| PresentVisit {
                    says: present_words(row),
                    place: in_line.places.get(&row.id).copied(),
                    doctor: row.doctor_name(),
                    row: VisitRow::new(viewer, (present, &found.rooms), row),
                })
                .collect(),
            upcoming_count: sections.upcoming.count,
            requests_count: sections.requests.count,
            proposed_count: sections.proposed.count,
            completed: found.completed,
            doctors: found.doctors,
            unread_count: viewer.unread,
            unread_messages: viewer.unread_messages,
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
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Your visits".to_owned()
    }
}
