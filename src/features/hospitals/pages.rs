//! One struct for each template of the directory and of the platform's lists.

use serde::Serialize;

use super::queries::{AdminRow, HospitalDetail, HospitalRow, ListedDoctor};
use crate::{
    features::modalities::modality_label,
    text::doctor_name,
    time_zone::Tz,
    web::{Moment, Page, Pagination, query::ListSearch},
};

#[derive(Debug, Serialize)]
struct HospitalEntry {
    href: String,
    name: String,
    address: String,
    active: bool,
    doctors: i64,
}

impl From<HospitalRow> for HospitalEntry {
    fn from(row: HospitalRow) -> Self {
        let href = format!("/hospitals/{}", row.id);
        Self { href, name: row.name, address: row.address, active: row.active, doctors: row.doctors }
    }
}

/// The public directory.
#[derive(Debug, Serialize)]
pub(super) struct Directory {
    hospitals: Vec<HospitalEntry>,
    search: ListSearch,
    pagination: Pagination,
}

impl Directory {
    pub(super) fn new(rows: Vec<HospitalRow>, search: ListSearch, pagination: Pagination) -> Self {
        Self { hospitals: rows.into_iter().map(HospitalEntry::from).collect(), search, pagination }
    }
}

impl Page for Directory {
    const TEMPLATE: &'static str = "hospitals/directory.html";

    fn title(&self) -> String {
        "Hospitals".to_owned()
    }
}

/// All hospitals, for the platform.
#[derive(Debug, Serialize)]
pub(super) struct Hospitals {
    hospitals: Vec<HospitalEntry>,
    search: ListSearch,
    pagination: Pagination,
}

impl Hospitals {
    pub(super) fn new(rows: Vec<HospitalRow>, search: ListSearch, pagination: Pagination) -> Self {
        Self { hospitals: rows.into_iter().map(HospitalEntry::from).collect(), search, pagination }
    }
}

impl Page for Hospitals {
    const TEMPLATE: &'static str = "hospitals/index.html";

    fn title(&self) -> String {
        "Hospitals".to_owned()
    }
}

/// One hospital of the directory.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    name: String,
    address: String,
    doctors: Vec<DoctorCard>,
    pagination: Pagination,
}

#[derive(Debug, Serialize)]
struct DoctorCard {
    name: String,
    specialization: String,
    experience_years: i32,
    bio: Option<String>,
}

impl Listed {
    pub(super) fn new(hospital: HospitalRow, doctors: Vec<ListedDoctor>, pagination: Pagination) -> Self {
        let card = |doctor: ListedDoctor| DoctorCard {
            name: doctor_name(&doctor.first_name, &doctor.last_name),
            specialization: doctor.specialization,
            experience_years: doctor.experience_years,
            bio: doctor.bio,
        };
        Self {
            name: hospital.name,
            address: hospital.address,
            doctors: doctors.into_iter().map(card).collect(),
            pagination,
        }
    }
}

impl Page for Listed {
    const TEMPLATE: &'static str = "hospitals/listed.html";

    fn title(&self) -> String {
        self.name.clone()
    }
}

#[derive(Debug, Serialize)]
struct AdminEntry {
    href: String,
    name: String,
    email: String,
    phone: Option<String>,
    active: bool,
    last_sign_in: Option<Moment>,
    hospital: String,
    hospital_href: String,
}

impl From<AdminRow> for AdminEntry {
    fn from(row: AdminRow) -> Self {
        Self {
            href: format!("/admins/{}/edit", row.id),
            name: format!("{} {}", row.first_name, row.last_name),
            email: row.email,
            phone: row.phone,
            active: row.active,
            last_sign_in: row.last_sign_in_at.map(|at| Moment::new(at, Tz::UTC)),
            hospital: row.hospital_name,
            hospital_href: format!("/hospitals/{}", row.hospital_id),
        }
    }
}

/// Everything about one hospital.
#[derive(Debug, Serialize)]
pub(super) struct Hospital {
    edit_href: String,
    name: String,
    address: String,
    phone: String,
    email: String,
    time_zone: String,
    fee: String,
    slot_minutes: i32,
    booking_lead_hours: i32,
    default_modality: &'static str,
    active: bool,
    since: Moment,
    doctors: i64,
    patients: i64,
    admins: Vec<AdminEntry>,
}

impl Hospital {
    pub(super) fn new(row: HospitalDetail, admins: Vec<AdminRow>) -> Self {
        Self {
            edit_href: format!("/hospitals/{}/edit", row.id),
            name: row.name,
            address: row.address,
            phone: row.phone,
            email: row.email,
            time_zone: row.time_zone,
            fee: format!("{} {:.2}", row.currency, row.appointment_fee),
            slot_minutes: row.slot_minutes,
            booking_lead_hours: row.booking_lead_hours,
            default_modality: modality_label(row.default_modality),
            active: row.active,
            since: Moment::new(row.created_at, Tz::UTC),
            doctors: row.tally.map_or(0, |tally| tally.doctors),
            patients: row.tally.map_or(0, |tally| tally.patients),
            admins: admins.into_iter().map(AdminEntry::from).collect(),
        }
    }
}

impl Page for Hospital {
    const TEMPLATE: &'static str = "hospitals/show.html";

    fn title(&self) -> String {
        self.name.clone()
    }
}

/// Who runs which hospital.
#[derive(Debug, Serialize)]
pub(super) struct Admins {
    admins: Vec<AdminEntry>,
    search: ListSearch,
    pagination: Pagination,
}

impl Admins {
    pub(super) fn new(rows: Vec<AdminRow>, search: ListSearch, pagination: Pagination) -> Self {
        Self { admins: rows.into_iter().map(AdminEntry::from).collect(), search, pagination }
    }
}

impl Page for Admins {
    const TEMPLATE: &'static str = "hospitals/admins.html";

    fn title(&self) -> String {
        "Administrators".to_owned()
    }
}
