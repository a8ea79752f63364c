//! Reading people, always from what the viewer may see.

mod doctors;
mod patients;

pub(super) use doctors::{DoctorDetail, DoctorRow, HoursRow, doctor, doctors};
pub(super) use patients::{ClinicalRecord, HeldFacts, PatientRow, facts_held, patient, patients};
pub(crate) use patients::{NamedPatient, matching, named, topics};
