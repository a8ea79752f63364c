//! The desk's board: who is expected, who waits, who is in a visit and who was there, of the whole hospital.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use entity::enums::AppointmentStatus;
use serde::Serialize;

use super::rows::{VisitRow, Visits, rows, waiting};
use crate::{
    access::Viewer,
    features::{
        appointments::{AppointmentRow, OfferedStep},
        home::{
            forms::BoardFilter,
            queries::FoundForHospital,
            sections::{HospitalSections, Section},
        },
    },
    web::{Moment, Present},
};

/// Who has not come by then is said to be late.
const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);

/// The day of a hospital.
#[derive(Debug, Serialize)]
pub(super) struct Board {
    columns: [BoardColumn; 4],
    /// How many visits there are in all columns, whatever is looked for.
    count: i64,
    /// How many of these there was room for, when not for all.
    shown: Option<usize>,
    /// The doctors who have somebody on it, by name.
    doctors: Vec<DoctorOfBoard>,
    filter: BoardFilter,
    /// Whether only those are shown who are looked for.
    is_narrowed: bool,
}

#[derive(Debug, Serialize)]
struct DoctorOfBoard {
    value: i64,
    label: String,
}

/// One column.
#[derive(Debug, Serialize)]
struct BoardColumn {
    /// `expected`, `waiting`, `in_visit` or `done`.
    code: &'static str,
    /// What links lead to.
    id: &'static str,
    title: &'static str,
    /// What is said of one that is empty.
    nobody: &'static str,
    count: usize,
    rows: Vec<BoardRow>,
}

#[derive(Debug, Serialize)]
struct BoardRow {
    visit: VisitRow,
    /// Whether the patient should have come by now.
    is_late: bool,
    /// Since when the visit has been going on.
    began: Option<Moment>,
}

impl Board {
    pub(super) fn new(
        viewer: &Viewer,
        (present, filter): (&Present, BoardFilter),
        (found, sections, visits): (&FoundForHospital, &HospitalSections, &Visits),
    ) -> Self {
        let all = [&sections.waiting, &sections.in_visit, &sections.expected, &sections.done];
        let column = |code, (id, title, nobody), all: Vec<&AppointmentRow>| {
            let met = all.into_iter().filter(|row| filter.meets(row));
            let rows: Vec<_> = met.map(|row| BoardRow::new(viewer, (present, found), row).back_to(&filter)).collect();
            BoardColumn { code, id, title, nobody, count: rows.len(), rows }
        };
        let columns = [
            column("waiting", ("waiting", "Waiting", "Nobody is waiting."), waiting(&sections.waiting, visits)),
            column("in_visit", ("in-visit", "In visit", "Nobody is in a visit."), rows(&sections.in_visit, visits)),
            column("expected", ("expected", "Expected", "Nobody else is expected."), rows(&sections.expected, visits)),
            column("done", ("done", "Done", "No visit is over."), rows(&sections.done, visits)),
        ];
        let count = all.iter().map(|section| section.count).sum();
        let shown: usize = all.iter().map(|section| section.shown.len()).sum();
        Self {
            count,
            shown: Some(shown).filter(|_| all.iter().any(|section| section.cut().is_some())),
            doctors: doctors(all, visits),
            is_narrowed: filter.is_set(),
            columns,
            filter,
        }
    }
}

fn doctors(all: [&Section; 4], visits: &Visits) -> Vec<DoctorOfBoard> {
    let shown = all.into_iter().flat_map(|section| &section.shown).filter_map(|id| visits.get(id));
    let by_id: BTreeMap<i64, String> = shown.map(|row| (row.doctor_id, row.doctor_name())).collect();
    let mut doctors: Vec<_> = by_id.into_iter().map(|(value, label)| DoctorOfBoard { value, label }).collect();
    doctors.sort_by(|one, other| one.label.cmp(&other.label));
    doctors
}

impl BoardRow {
    fn new(viewer: &Viewer, (present, found): (&Present, &FoundForHospital), row: &AppointmentRow) -> Self {
        Self {
            visit: VisitRow::new(viewer, (present, &found.rooms), row),
            is_late: AppointmentStatus::AGREED.contains(&row.status) && present.is_past(row.starts_at + LATE_AFTER),
            began: row.began_at.map(|at| Moment::new(at, viewer.zone())),
        }
    }

    /// The same, whose acts lead back to the visits of the one doctor that is looked at. Not to a name that was found: the next who comes has another.
    fn back_to(mut self, filter: &BoardFilter) -> Self {
        let act = |mut act: OfferedStep| {
            act.fields.extend(filter.doctor.map(|id| ("doctor", id.to_string())));
            act.shortened()
        };
        self.visit.acts = self.visit.acts.into_iter().map(act).collect();
        self
    }
}
