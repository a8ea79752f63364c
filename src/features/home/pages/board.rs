//! The desk's board: who is expected, who waits, who is in a visit and who was there, of the whole hospital.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;

use super::rows::{VisitRow, Visits, rows, waiting};
use crate::{
    access::Viewer,
    features::{
        appointments::AppointmentRow,
        home::{
            forms::BoardFilter,
            queries::FoundForHospital,
            sections::{HospitalSections, Section},
        },
    },
    web::{Moment, Present, moment::date_in_words},
};

/// What an empty column says while somebody is looked for: others may be in it.
const NOBODY_FOUND: &str = "Nobody who is looked for.";

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
    /// The list of all of today, narrowed in the same way.
    list_href: String,
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
    /// How many there are, of those who are looked for if anybody is.
    count: i64,
    rows: Vec<BoardRow>,
}

#[derive(Debug, Serialize)]
struct BoardRow {
    visit: VisitRow,
    /// The date, of a visit that is not of today.
    day: Option<String>,
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
        let is_narrowed = filter.is_set();
        let column = |code, (id, title, nobody), section: &Section, there: Vec<&AppointmentRow>| {
            let met = there.into_iter().filter(|row| filter.meets(row));
            let rows: Vec<_> = met.map(|row| BoardRow::new(viewer, (present, found), row).back_to(&filter)).collect();
            let count = if is_narrowed { i64::try_from(rows.len()).unwrap_or(i64::MAX) } else { section.count };
            BoardColumn { code, id, title, nobody: if is_narrowed { NOBODY_FOUND } else { nobody }, count, rows }
        };
        let HospitalSections { waiting: waits, in_visit, expected, done, .. } = sections;
        let columns = [
            column("waiting", ("waiting", "Waiting", "Nobody is waiting."), waits, waiting(waits, visits)),
            column("in_visit", ("in-visit", "In visit", "Nobody is in a visit."), in_visit, rows(in_visit, visits)),
            column("expected", ("expected", "Expected", "Nobody else is expected."), expected, rows(expected, visits)),
            column("done", ("done", "Done", "No visit is over."), done, rows(done, visits)),
        ];
        let shown: usize = all.iter().map(|section| section.shown.len()).sum();
        Self {
            count: all.iter().map(|section| section.count).sum(),
            shown: Some(shown).filter(|_| all.iter().any(|section| section.cut().is_some())),
            doctors: doctors(all, (visits, &filter)),
            list_href: list_href(present.date(viewer.zone()), &filter),
            is_narrowed,
            columns,
            filter,
        }
    }
}

fn list_href(today: NaiveDate, filter: &BoardFilter) -> String {
    let today = today.to_string();
    let mut query = url::form_urlencoded::Serializer::new(String::from("/appointments?"));
    query.append_pair("from", &today).append_pair("to", &today);
    query.extend_pairs(filter.doctor.map(|id| ("doctor", id.to_string())));
    query.extend_pairs(Some(("q", &filter.q)).filter(|(_, q)| !q.is_empty()));
    query.finish()
}

/// One who is looked for and has nobody on it is among them, or the form would forget that.
fn doctors(all: [&Section; 4], (visits, filter): (&Visits, &BoardFilter)) -> Vec<DoctorOfBoard> {
    let shown = all.into_iter().flat_map(|section| &section.shown).filter_map(|id| visits.get(id));
    let mut by_id: BTreeMap<i64, String> = shown.map(|row| (row.doctor_id, row.doctor_name())).collect();
    if let Some(id) = filter.doctor {
        by_id.entry(id).or_insert_with(|| "A doctor without visits today".to_owned());
    }
    let mut doctors: Vec<_> = by_id.into_iter().map(|(value, label)| DoctorOfBoard { value, label }).collect();
    doctors.sort_by(|one, other| one.label.cmp(&other.label));
    doctors
}

impl BoardRow {
    fn new(viewer: &Viewer, (present, found): (&Present, &FoundForHospital), row: &AppointmentRow) -> Self {
        let day = viewer.zone().local(row.starts_at).date();
        Self {
            day: (day != present.date(viewer.zone())).then(|| date_in_words(day)),
            visit: VisitRow::new(viewer, (present, &found.rooms), row),
            is_late: row.is_late(present),
            began: row.began_at.map(|at| Moment::new(at, viewer.zone())),
        }
    }

    /// The same, whose acts lead back to the visits of the one doctor that is looked at. Not to a name that was found: the next who comes has another.
    fn back_to(mut self, filter: &BoardFilter) -> Self {
        let VisitRow { acts, wish_acts, .. } = &mut self.visit;
        for acts in [acts, wish_acts] {
            *acts = std::mem::take(acts).into_iter().map(|act| act.in_row(filter.doctor)).collect();
        }
        self
    }
}
