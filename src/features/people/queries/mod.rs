//! Reading people, always from what the viewer may see.

mod doctors;
mod patients;

pub(super) use doctors::{DoctorDetail, DoctorRow, HoursRow, doctor, doctors};
pub(crate) use patients::{NamedPatient, matching, named, topics, visible};
pub(super) use patients::{PatientRow, patients};
