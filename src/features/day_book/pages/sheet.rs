//! What is printed of a column: a sheet of paper a doctor, the earliest visit first.

use serde::Serialize;

use super::column::BookColumn;
use crate::{
    access::PageContext,
    features::{
        appointments::{StatusTag, status_tag},
        day_book::queries::VisitOfBook,
    },
    web::{Moment, moment::date_in_words},
};

/// A doctor's day on paper.
#[derive(Debug, Serialize)]
pub(super) struct BookSheet {
    doctor_id: i64,
    /// `2026-11-24`: with the doctor what the sheet is known by.
    day: String,
    doctor: String,
    date: String,
    visits: Vec<VisitOnPaper>,
}

/// A line of it.
#[derive(Debug, Serialize)]
struct VisitOnPaper {
    starts_at: Moment,
    ends_at: Moment,
    person: String,
    born: Option<String>,
    phone: Option<String>,
    /// What the patient said, where the viewer is told: the desk prints its sheets without.
    symptoms: Option<String>,
    status: StatusTag,
    marks: Vec<&'static str>,
}

impl BookSheet {
    /// None for a day without visits: paper is not wasted on it.
    pub(super) fn new(context: PageContext<'_>, column: &BookColumn<'_>) -> Option<Self> {
        if column.visits.is_empty() {
            return None;
        }
        Some(Self {
            doctor_id: column.doctor.id,
            day: column.date.to_string(),
            doctor: column.doctor.name(),
            date: column.date.format("%A %-d %B %Y").to_string(),
            visits: column.visits.iter().map(|visit| VisitOnPaper::new(context, column, visit)).collect(),
        })
    }
}

impl VisitOnPaper {
    fn new(context: PageContext<'_>, column: &BookColumn<'_>, visit: &VisitOfBook) -> Self {
        let (viewer, row) = (context.viewer, &visit.row);
        let role = viewer.role();
        Self {
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            ends_at: Moment::new(row.ends_at, viewer.zone()),
            person: row.patient_name(),
            born: row.born_for(role).map(date_in_words),
            phone: visit.phone.clone(),
            symptoms: row.symptoms_for(role),
            status: status_tag(row.status),
            marks: column.marks(context, visit),
        }
    }
}
