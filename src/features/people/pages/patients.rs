//! The patients' list and record.

use chrono::NaiveDate;
use entity::enums::Role;
use serde::Serialize;

use super::Banner;
use crate::{
    access::Viewer,
    features::{
        accounts::{SaidParts, StatedFacts},
        people::queries::{ClinicalRecord, PatientRow},
    },
    text::given_address,
    web::{
        ClinicalPage, FormView, Moment, Page, Pagination,
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

/// A patient's record.
#[derive(Debug, Serialize)]
pub(in super::super) struct Patient {
    banner: Banner,
    /// None of somebody who has none, and is to be told by phone.
    email: Option<String>,
    phone: Option<String>,
    active: bool,
    medical_history: Option<String>,
    emergency_contact: Option<String>,
    /// Whose word that is, if it is the patient's.
    contact_said: Option<String>,
    /// Of what the patient has said and nobody has confirmed.
    confirmation: Option<Confirmation>,
    /// What was sent and refused.
    form: FormView,
    since: Moment,
    /// Of somebody who was erased.
    erased: Option<Moment>,
    /// Where the office changes what is said of them; none to others.
    edit_href: Option<String>,
    /// Where a visit is booked for them; none for somebody who was erased.
    book_href: Option<String>,
    /// The list of this person's visits, as far as the viewer sees them.
    visits_href: String,
}

/// How it is confirmed, and of what it is to be made sure.
#[derive(Debug, Serialize)]
struct Confirmation {
    href: String,
    seen: String,
    parts: Vec<&'static str>,
    /// What was recorded before, and is in nobody's sight afterwards.
    goes: Vec<Before>,
}

#[derive(Debug, Serialize)]
struct Before {
    part: &'static str,
    text: String,
}

impl Confirmation {
    fn new(id: i64, facts: &StatedFacts, said: &SaidParts) -> Option<Self> {
        let parts = [
            ("blood type", &said.blood_type),
            ("allergies", &said.allergies),
            ("whom to call in an emergency", &said.contact),
        ];
        let parts: Vec<_> = parts.into_iter().filter(|(_, said)| said.is_some()).map(|(part, _)| part).collect();
        let href = format!("/patients/{id}/confirmation");
        let goes = ["Blood type", "Allergies"].into_iter().zip(facts.befores());
        let goes = goes.filter_map(|(part, text)| text.map(|text| Before { part, text })).collect();
        (!parts.is_empty()).then(|| Self { href, seen: facts.seen(), parts, goes })
    }
}

impl Patient {
    pub(in super::super) fn new(viewer: &Viewer, id: i64, record: ClinicalRecord, today: NaiveDate) -> Self {
        let name = format!("{} {}", record.first_name, record.last_name);
        let is_there = record.erased_at.is_none();
        let facts = &record.facts;
        let contact = [facts.emergency_contact_name.clone(), facts.emergency_contact_phone.clone()];
        let contact = contact.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let said = facts.said(viewer);
        Self {
            banner: Banner::new(viewer, name, (record.date_of_birth, today), facts),
            confirmation: Confirmation::new(id, facts, &said),
            contact_said: said.contact,
            form: FormView::default(),
            email: given_address(&record.email).map(str::to_owned).filter(|_| is_there),
            phone: record.phone,
            active: record.active,
            medical_history: record.medical_history,
            emergency_contact: Some(contact).filter(|contact| !contact.is_empty()),
            since: Moment::new(record.created_at, viewer.zone()),
            visits_href: format!("/appointments?patient={id}"),
            erased: record.erased_at.map(|at| Moment::new(at, viewer.zone())),
            edit_href: (is_there && viewer.role() == Role::HospitalAdmin).then(|| format!("/patients/{id}/edit")),
            book_href: is_there.then(|| format!("/appointments/new?patient_id={id}")),
        }
    }
}

impl Patient {
    /// The same with a confirmation of something else than what stands there.
    pub(in super::super) fn refusing(self, form: FormView) -> Self {
        Self { form, ..self }
    }
}

impl ClinicalPage for Patient {
    const TEMPLATE: &'static str = "people/patient.html";

    fn title(&self) -> String {
        self.banner.name.clone()
    }
}
