//! The doctors' list and page. Who sees contact data is decided here, not in the template.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::{Viewer, ViewerKind},
    features::people::queries::{DoctorDetail, DoctorRow, HoursRow},
    text::doctor_name,
    time_zone::ClockHours,
    web::{Moment, Page, Pagination, query::ListSearch},
};

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// The doctors of a hospital.
#[derive(Debug, Serialize)]
pub(in super::super) struct Doctors {
    doctors: Vec<DoctorEntry>,
    /// Whether contact data and state are shown: to the hospital's administrator.
    in_full: bool,
    search: ListSearch,
    pagination: Pagination,
}

#[derive(Debug, Serialize)]
struct DoctorEntry {
    href: String,
    name: String,
    specialization: String,
    accepting: bool,
    email: Option<String>,
    phone: Option<String>,
    active: bool,
}

impl Doctors {
    pub(in super::super) fn new(
        viewer: &Viewer,
        rows: Vec<DoctorRow>,
        search: ListSearch,
        pagination: Pagination,
    ) -> Self {
        let in_full = viewer.role() == Role::HospitalAdmin;
        let entry = |row: DoctorRow| DoctorEntry {
            href: format!("/doctors/{}", row.id),
            name: doctor_name(&row.first_name, &row.last_name),
            specialization: row.specialization,
            accepting: row.accepting,
            email: in_full.then_some(row.email),
            phone: row.phone.filter(|_| in_full),
            active: row.active,
        };
        Self { doctors: rows.into_iter().map(entry).collect(), in_full, search, pagination }
    }
}

impl Page for Doctors {
    const TEMPLATE: &'static str = "people/doctors.html";

    fn title(&self) -> String {
        "Doctors".to_owned()
    }
}

/// One doctor.
#[derive(Debug, Serialize)]
pub(in super::super) struct Doctor {
    /// When they are free.
    times_href: String,
    /// Where the office changes what is said of them.
    edit_href: String,
    /// Where their hours are managed; none for whoever does not manage them.
    hours_href: Option<String>,
    name: String,
    specialization: String,
    experience_years: i32,
    bio: Option<String>,
    education: Option<String>,
    accepting: bool,
    hours: Vec<DayOfHours>,
    /// The zone of the hours.
    zone: &'static str,
    /// For the hospital's administrator alone.
    office: Option<Office>,
}

#[derive(Debug, Serialize)]
struct DayOfHours {
    name: &'static str,
    /// Such as "09:00–12:00, 14:00–17:00".
    windows: String,
}

#[derive(Debug, Serialize)]
struct Office {
    email: String,
    phone: Option<String>,
    license_number: String,
    active: bool,
    last_sign_in: Option<Moment>,
}

impl Doctor {
    pub(in super::super) fn new(viewer: &Viewer, id: i64, doctor: DoctorDetail, hours: &[HoursRow]) -> Self {
        let may_manage = match &viewer.kind {
            ViewerKind::HospitalAdmin { .. } => true,
            ViewerKind::Doctor { doctor_id, .. } => *doctor_id == id,
            ViewerKind::Patient { .. } | ViewerKind::SuperAdmin => false,
        };
        let office = (viewer.role() == Role::HospitalAdmin).then(|| Office {
            email: doctor.email,
            phone: doctor.phone,
            license_number: doctor.license_number,
            active: doctor.active,
            last_sign_in: doctor.last_sign_in_at.map(|at| Moment::new(at, viewer.zone())),
        });
        Self {
            times_href: format!("/doctors/{id}/times"),
            edit_href: format!("/doctors/{id}/edit"),
            hours_href: may_manage.then(|| format!("/doctors/{id}/availability")),
            name: doctor_name(&doctor.first_name, &doctor.last_name),
            specialization: doctor.specialization,
            experience_years: doctor.experience_years,
            bio: doctor.bio,
            education: doctor.education,
            accepting: doctor.accepting,
            hours: week(hours),
            zone: viewer.zone().name(),
            office,
        }
    }
}

/// The days that have hours, with all their windows.
fn week(hours: &[HoursRow]) -> Vec<DayOfHours> {
    let days = WEEKDAYS.into_iter().enumerate().map(|(number, name)| {
        let windows: Vec<String> = hours
            .iter()
            .filter(|window| usize::try_from(window.weekday).is_ok_and(|weekday| weekday == number))
            .map(|row| ClockHours::stored(row.start_time, row.end_time, row.end_minute).to_string())
            .collect();
        DayOfHours { name, windows: windows.join(", ") }
    });
    days.filter(|day| !day.windows.is_empty()).collect()
}

impl Page for Doctor {
    const TEMPLATE: &'static str = "people/doctor.html";

    fn title(&self) -> String {
        self.name.clone()
    }
}
