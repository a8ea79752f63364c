//! The patient's dashboard.

use serde::Serialize;

use super::{
    hero::{Hero, says},
    rows::{self, UnreadRow, VisitRow, notifications},
};
use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{AppointmentRow, VisitsInLine},
        home::{
            queries::FoundForPatient,
            sections::{PatientSections, Section},
        },
    },
    web::{Moment, Page, Present},
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
    /// Whether any of these is not nothing.
    has_figures: bool,
    /// The visit that stands first.
    hero: Option<Hero>,
    /// The others that go on or are waited for, and those without an outcome.
    present: Vec<PresentVisit>,
    present_count: i64,
    /// The others that are to come.
    later: Vec<VisitRow>,
    later_count: i64,
    requests: Vec<VisitRow>,
    proposed: Vec<VisitRow>,
    /// To whoever has no visit before them.
    last: Option<LastVisit>,
    unread: Vec<UnreadRow>,
    first_run: bool,
}

/// A visit that is now, or was and is not over, beside the one that stands first.
#[derive(Debug, Serialize)]
struct PresentVisit {
    /// Where it stands, in words.
    says: String,
    /// Of those who wait for the doctor, whose turn comes before: 1 is next.
    place: Option<usize>,
    doctor: String,
    row: VisitRow,
}

/// The last visit that took place.
#[derive(Debug, Serialize)]
struct LastVisit {
    id: i64,
    href: String,
    doctor: String,
    field: String,
    starts_at: Moment,
    /// What was signed of it, if the patient reads it.
    paper_href: Option<String>,
}

impl LastVisit {
    fn new(viewer: &Viewer, row: &AppointmentRow) -> Self {
        let href = format!("/appointments/{}", row.id);
        Self {
            id: row.id,
            doctor: row.doctor_name(),
            field: row.doctor.specialization.clone(),
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            paper_href: row.has_note_to_read.then(|| format!("{href}/summary")),
            href,
        }
    }
}

impl PatientDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (found, sections, in_line): (&FoundForPatient, &PatientSections, &VisitsInLine),
    ) -> Self {
        let (visits, context) = (&in_line.visits, PageContext { viewer, present });
        let row = |row: &AppointmentRow| VisitRow::new(viewer, (present, &found.rooms), row);
        let rows = |section: &Section| rows::rows(section, visits).into_iter().map(row).collect::<Vec<_>>();
        let place = |id: i64| in_line.places.get(&id).copied();
        let named = |id: Option<i64>| id.and_then(|id| visits.get(&id));
        let meeting = found.meeting.as_ref();
        let counts = [sections.upcoming_count, sections.requests.count, sections.proposed.count, viewer.unread];
        let more = [viewer.unread_messages, found.completed, found.doctors];
        Self {
            hero: named(sections.hero).map(|row| Hero::new(context, &found.rooms, (row, place(row.id)), meeting)),
            present: rows::rows(&sections.present, visits)
                .into_iter()
                .map(|visit| PresentVisit {
                    says: says(visit, present.is_past(visit.ends_at)),
                    place: place(visit.id),
                    doctor: visit.doctor_name(),
                    row: row(visit),
                })
                .collect(),
            present_count: sections.present.count,
            later: rows(&sections.later),
            later_count: sections.later.count,
            upcoming_count: sections.upcoming_count,
            requests_count: sections.requests.count,
            proposed_count: sections.proposed.count,
            completed: found.completed,
            doctors: found.doctors,
            unread_count: viewer.unread,
            unread_messages: viewer.unread_messages,
            has_figures: counts.iter().chain(&more).any(|count| *count > 0),
            requests: rows(&sections.requests),
            proposed: rows(&sections.proposed),
            last: named(sections.last).map(|row| LastVisit::new(viewer, row)),
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
