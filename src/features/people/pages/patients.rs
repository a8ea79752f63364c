//! The patients' list.

use chrono::NaiveDate;
use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::people::queries::PatientRow,
    web::{
        Page, Pagination,
        moment::{age, date_in_words},
        query::ListSearch,
    },
};

/// Patients the viewer may see.
#[derive(Debug, Serialize)]
pub(in super::super) struct Patients {
    title: &'static str,
    may_add: bool,
    patients: Vec<PatientEntry>,
    search: ListSearch,
    pagination: Pagination,
}

#[derive(Debug, Serialize)]
struct PatientEntry {
    href: String,
    name: String,
    date_of_birth: Option<String>,
    age: Option<u32>,
    phone: Option<String>,
    active: bool,
}

impl Patients {
    pub(in super::super) fn new(
        viewer: &Viewer,
        (rows, today): (Vec<PatientRow>, NaiveDate),
        (search, pagination): (ListSearch, Pagination),
    ) -> Self {
        let entry = |row: PatientRow| PatientEntry {
            href: format!("/patients/{}", row.id),
            name: format!("{} {}", row.first_name, row.last_name),
            date_of_birth: row.date_of_birth.map(date_in_words),
            age: row.date_of_birth.map(|birth| age(birth, today)),
            phone: row.phone,
            active: row.active,
        };
        let title = if viewer.role() == Role::Doctor { "My patients" } else { "Patients" };
        let may_add = viewer.role() == Role::HospitalAdmin;
        Self { title, may_add, patients: rows.into_iter().map(entry).collect(), search, pagination }
    }
}

impl Page for Patients {
    const TEMPLATE: &'static str = "people/patients.html";

    fn title(&self) -> String {
        self.title.to_owned()
    }
}
