//! People of a hospital: its doctors and its patients, their lists, and the pages of doctors.
//!
//! Owns `doctor` and `patient`, and manages the accounts of both and of those who run hospitals. A patient's own page is that of [`records`](crate::features::records).
//! What patients say of themselves on their profile is written by [`accounts`](crate::features::accounts).

mod forms;
mod handlers;
mod pages;
mod policy;
mod queries;
mod service;

pub(crate) use pages::{Banner, EmergencyContact};
pub(crate) use policy::SeePatients;
pub(crate) use queries::{
    NamedPatient, matching as patients_matching, named as patient_named, topics as patient_topics,
    visible as visible_patients,
};

use handlers::management;
pub use service::KeyMaker;
use service::{AdminRecord, DoctorRecord, PatientRecord, PersonRecord};

use crate::{page_cache::Policy, routing::RouteTable, web::query::ListQuery};

pub(crate) fn routes(table: &mut RouteTable) {
    table.cached_get("/doctors", Policy::with(ListQuery::PARAMETERS), handlers::doctors::index);
    manage::<DoctorRecord>(table, &DOCTORS);
    empower::<DoctorRecord>(table, &DOCTORS);
    table.cached_get("/doctors/{id}", Policy::with(&[]), handlers::doctors::show);
    table.cached_get("/patients", Policy::with(ListQuery::PARAMETERS), handlers::patients::index);
    manage::<PatientRecord>(table, &PATIENTS);
    table.post(PATIENTS.all, management::create::<PatientRecord>);
    table.post(PATIENTS.reactivation, management::reactivate::<PatientRecord>);
    manage::<AdminRecord>(table, &ADMINS);
    empower::<AdminRecord>(table, &ADMINS);
}

/// Where a kind of person is managed: made, changed, shut out, let in again.
struct Places {
    all: &'static str,
    new: &'static str,
    one: &'static str,
    edit: &'static str,
    deactivation: &'static str,
    reactivation: &'static str,
    invitation: &'static str,
    factor_removal: &'static str,
    sessions_revocation: &'static str,
}

const DOCTORS: Places = Places {
    all: "/doctors",
    new: "/doctors/new",
    one: "/doctors/{id}",
    edit: "/doctors/{id}/edit",
    deactivation: "/doctors/{id}/deactivation",
    reactivation: "/doctors/{id}/reactivation",
    invitation: "/doctors/{id}/invitation",
    factor_removal: "/doctors/{id}/second-factor/removal",
    sessions_revocation: "/doctors/{id}/sessions/revocation",
};
const PATIENTS: Places = Places {
    all: "/patients",
    new: "/patients/new",
    one: "/patients/{id}",
    edit: "/patients/{id}/edit",
    deactivation: "/patients/{id}/deactivation",
    reactivation: "/patients/{id}/reactivation",
    invitation: "/patients/{id}/invitation",
    factor_removal: "/patients/{id}/second-factor/removal",
    sessions_revocation: "/patients/{id}/sessions/revocation",
};
const ADMINS: Places = Places {
    all: "/admins",
    new: "/admins/new",
    one: "/admins/{id}",
    edit: "/admins/{id}/edit",
    deactivation: "/admins/{id}/deactivation",
    reactivation: "/admins/{id}/reactivation",
    invitation: "/admins/{id}/invitation",
    factor_removal: "/admins/{id}/second-factor/removal",
    sessions_revocation: "/admins/{id}/sessions/revocation",
};

fn manage<R: PersonRecord>(table: &mut RouteTable, places: &Places) {
    table.get(places.new, management::new::<R>);
    table.get(places.edit, management::edit::<R>);
    table.post(places.one, management::update::<R>);
    table.post(places.deactivation, management::deactivate::<R>);
    table.post(places.invitation, management::invite::<R>);
    table.post(places.factor_removal, management::remove_factor::<R>);
    table.post(places.sessions_revocation, management::end_sessions::<R>);
}

/// Where power over others is given.
fn empower<R: PersonRecord>(table: &mut RouteTable, places: &Places) {
    table.post(places.all, management::appoint::<R>);
    table.post(places.reactivation, management::reinstate::<R>);
}
