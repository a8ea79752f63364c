//! People of a hospital: its doctors and its patients, their lists and their pages.
//!
//! Owns `doctor` and `patient`, and keeps the accounts of both and of those who run hospitals. A patient's page is a clinical record: opening it is recorded.

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

pub(crate) use pages::Banner;
pub(crate) use queries::{matching as patients_matching, topics as patient_topics};

use handlers::keeping;
use service::{AdminRecord, DoctorRecord, PatientRecord, Record};

use crate::{page_cache::Policy, routing::RouteTable, web::query::ListQuery};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/doctors", Policy::with(ListQuery::PARAMETERS), handlers::doctors::index);
    keep::<DoctorRecord>(table, &DOCTORS);
    table.cached_get("/doctors/{id}", Policy::with(&[]), handlers::doctors::show);
    table.cached_get("/patients", Policy::with(ListQuery::PARAMETERS), handlers::patients::index);
    keep::<PatientRecord>(table, &PATIENTS);
    table.get("/patients/{id}", handlers::patients::show);
    keep::<AdminRecord>(table, &ADMINS);
}

/// Where a kind of person is kept: made, changed, shut out, let in again.
struct Places {
    all: &'static str,
    new: &'static str,
    one: &'static str,
    edit: &'static str,
    deactivation: &'static str,
    reactivation: &'static str,
    invitation: &'static str,
}

const DOCTORS: Places = Places {
    all: "/doctors",
    new: "/doctors/new",
    one: "/doctors/{id}",
    edit: "/doctors/{id}/edit",
    deactivation: "/doctors/{id}/deactivation",
    reactivation: "/doctors/{id}/reactivation",
    invitation: "/doctors/{id}/invitation",
};
const PATIENTS: Places = Places {
    all: "/patients",
    new: "/patients/new",
    one: "/patients/{id}",
    edit: "/patients/{id}/edit",
    deactivation: "/patients/{id}/deactivation",
    reactivation: "/patients/{id}/reactivation",
    invitation: "/patients/{id}/invitation",
};
const ADMINS: Places = Places {
    all: "/admins",
    new: "/admins/new",
    one: "/admins/{id}",
    edit: "/admins/{id}/edit",
    deactivation: "/admins/{id}/deactivation",
    reactivation: "/admins/{id}/reactivation",
    invitation: "/admins/{id}/invitation",
};

fn keep<R: Record>(table: &mut RouteTable, places: &Places) {
    table.post(places.all, keeping::create::<R>);
    table.get(places.new, keeping::new::<R>);
    table.get(places.edit, keeping::edit::<R>);
    table.post(places.one, keeping::update::<R>);
    table.post(places.deactivation, keeping::deactivate::<R>);
    table.post(places.reactivation, keeping::reactivate::<R>);
    table.post(places.invitation, keeping::invite::<R>);
}
