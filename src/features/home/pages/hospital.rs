//! The hospital administrator's dashboard.

use entity::enums::AppointmentStatus;
use serde::Serialize;

use super::rows::{NotificationRow, VisitRow, appointments, unread, waiting};
use crate::{
    access::Viewer,
    features::{
        appointments::{StatusTag, status_tag},
        home::queries::{HospitalFigures, Item, Section},
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
    requests_count: i64,
    unread_count: i64,
    /// Of today's appointments, those states that occur.
    today_by_status: Vec<StatusCount>,
    /// The hospital's local date, for the link to today's full list.
    today: String,
    waiting: Vec<VisitRow>,
    board: Vec<VisitRow>,
    requests: Vec<VisitRow>,
    doctors: Vec<NewPerson>,
    patients: Vec<NewPerson>,
    unread: Vec<NotificationRow>,
    first_run: bool,
}

#[derive(Debug, Serialize)]
struct StatusCount {
    status: StatusTag,
    count: i64,
}

#[derive(Debug, Serialize)]
struct NewPerson {
    href: String,
    name: String,
    joined: Moment,
}

impl HospitalDashboard {
    pub(in crate::features::home) fn new(
        viewer: &Viewer,
        present: &Present,
        (figures, items): (&HospitalFigures, &[Item]),
    ) -> Self {
        let zone = viewer.zone();
        let row = |row| VisitRow::new(viewer, present, row);
        let board = appointments(items, Section::Agenda);
        // What is over leaves the board when its time is: it is there because its end has not passed.
        for row in board.iter().filter(|row| !AppointmentStatus::BUSY.contains(&row.status)) {
            present.ends_with(Some(row.ends_at));
        }
        let mut requests = appointments(items, Section::Requests);
        requests.sort_by_key(|row| (row.created_at, row.id));
        let today_by_status = figures.today_by_status.iter().filter(|(_, count)| *count > 0);
        Self {
            doctors_count: figures.doctors,
            patients_count: figures.patients,
            visits_today: figures.visits_today,
            waiting_count: figures.waiting,
            requests_count: figures.requests,
            unread_count: viewer.unread,
            today_by_status: today_by_status
                .map(|(status, count)| StatusCount { status: status_tag(*status), count: *count })
                .collect(),
            today: present.date(zone).format("%Y-%m-%d").to_string(),
            waiting: waiting(items).into_iter().map(row).collect(),
            board: board.into_iter().map(row).collect(),
            requests: requests.into_iter().map(row).collect(),
            doctors: newest(items, Section::Doctors, viewer),
            patients: newest(items, Section::Patients, viewer),
            unread: unread(items, viewer),
            first_run: figures.doctors == 0,
        }
    }
}

fn newest(items: &[Item], section: Section, viewer: &Viewer) -> Vec<NewPerson> {
    let (title, path) = if section == Section::Doctors { ("Dr ", "doctors") } else { ("", "patients") };
    let mut people: Vec<_> =
        items.iter().filter(|item| item.section == section).filter_map(|item| item.person.as_ref()).collect();
    people.sort_by_key(|person| std::cmp::Reverse(person.person_id));
    people
        .into_iter()
        .map(|person| NewPerson {
            href: format!("/{path}/{}", person.person_id),
            name: format!("{title}{} {}", person.first_name, person.last_name),
            joined: Moment::new(person.joined_at, viewer.zone()),
        })
        .collect()
}

impl Page for HospitalDashboard {
    const TEMPLATE: &'static str = "home/hospital.html";

    fn title(&self) -> String {
        "Today at the hospital".to_owned()
    }
}
