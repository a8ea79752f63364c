//! The hospital administrator's dashboard.

use serde::Serialize;

use super::{
    board::Board,
    rows::{UnreadRow, VisitRow, Visits, Wishes, notifications, rows},
    untold::Untold,
};
use crate::{
    access::Viewer,
    features::{
        appointments::{STATUSES, StatusTag, status_tag},
        home::{
            forms::BoardFilter,
            queries::{FoundForHospital, NewestDoctor, NewestPatient, NewestPerson},
            sections::{COUNTED, HospitalSections},
        },
    },
    web::{Moment, Page, Present},
};

/// Today's board, and what waits for the desk.
#[derive(Debug, Serialize)]
pub(in crate::features::home) struct HospitalDashboard {
    doctors_count: i64,
    patients_count: i64,
    visits_today: i64,
    waiting_count: i64,
    /// In how many rooms a patient is.
    here_now: i64,
    requests_count: i64,
    unread_count: i64,
    /// Of today's appointments, those states that occur.
    today_by_status: Vec<StatusCount>,
    /// The hospital's local date, for the link to today's full list.
    today: String,
    board: Board,
    without_doctor: Vec<VisitRow>,
    /// None: more than `without_doctor_more`.
    without_doctor_count: Option<i64>,
    without_doctor_more: u64,
    requests: Vec<VisitRow>,
    wishes: Wishes,
    untold: Untold,
    doctors: Vec<NewRow>,
    patients: Vec<NewRow>,
    unread: Vec<UnreadRow>,
    first_run: bool,
}

#[derive(Debug, Serialize)]
struct StatusCount {
    status: StatusTag,
    count: i64,
}

#[derive(Debug, Serialize)]
struct NewRow {
    href: String,
    name: String,
    joined: Moment,
}

impl HospitalDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        (present, filter): (&Present, BoardFilter),
        (found, sections, visits): (&FoundForHospital, &HospitalSections, &Visits),
    ) -> Self {
        let zone = viewer.zone();
        let row = |row| VisitRow::new(viewer, (present, &found.rooms), row);
        let mut requests = rows(&sections.requests, visits);
        requests.sort_by_key(|row| (row.created_at, row.id));
        let today_by_status = STATUSES.into_iter().map(|status| (status, HospitalSections::today_in(found, status)));
        Self {
            doctors_count: found.doctors,
            patients_count: found.patients,
            visits_today: sections.visits_today,
            waiting_count: sections.waiting.count,
            here_now: found.rooms.here(present),
            requests_count: sections.requests.count,
            unread_count: viewer.unread,
            today_by_status: today_by_status
                .filter(|(_, count)| *count > 0)
                .map(|(status, count)| StatusCount { status: status_tag(status), count })
                .collect(),
            today: present.date(zone).format("%Y-%m-%d").to_string(),
            board: Board::new(viewer, (present, filter), (found, sections, visits)),
            without_doctor: rows(&sections.without_doctor, visits).into_iter().map(row).collect(),
            without_doctor_count: (!sections.without_doctor_more).then_some(sections.without_doctor.count),
            without_doctor_more: COUNTED,
            requests: requests.into_iter().map(row).collect(),
            wishes: Wishes::new(&sections.wished, rows(&sections.wished, visits).into_iter().map(row).collect()),
            untold: Untold::new(viewer, (present, &found.rooms), (&found.untold, &sections.untold), visits),
            doctors: doctors(&found.newest_doctors, viewer),
            patients: patients(&found.newest_patients, viewer),
            unread: notifications(&found.unread, visits, viewer),
            first_run: found.doctors == 0,
        }
    }
}

fn doctors(newest: &[NewestDoctor], viewer: &Viewer) -> Vec<NewRow> {
    let row = |doctor: &NewestDoctor| NewRow::new(format!("/doctors/{}", doctor.id), "Dr ", (&doctor.user, viewer));
    newest.iter().map(row).collect()
}

fn patients(newest: &[NewestPatient], viewer: &Viewer) -> Vec<NewRow> {
    let row = |patient: &NewestPatient| NewRow::new(format!("/patients/{}", patient.id), "", (&patient.user, viewer));
    newest.iter().map(row).collect()
}

impl NewRow {
    fn new(href: String, title: &str, (person, viewer): (&NewestPerson, &Viewer)) -> Self {
        let name = format!("{title}{} {}", person.first_name, person.last_name);
        Self { href, name, joined: Moment::new(person.created_at, viewer.zone()) }
    }
}

impl Page for HospitalDashboard {
    const TEMPLATE: &'static str = "home/hospital.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        "Today at the hospital".to_owned()
    }
}
