//! The statements of the dashboards: for each role one of counts and one of lists.

mod counts;
mod figures;
mod items;
mod newest;
mod union;

pub(super) use figures::{
    DoctorFigures, HospitalFigures, PatientFigures, PlatformFigures, of_doctor, of_hospital, of_patient, of_platform,
};
pub(super) use items::{Item, Section, doctor_items, hospital_items, patient_items};
pub(super) use newest::{Newest, newest};
