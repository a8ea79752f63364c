//! Reading people, always from what the viewer may see.

mod doctors;
mod patients;

pub(super) use doctors::{DoctorDetail, DoctorRow, HoursRow, doctor, doctors};
pub(super) use patients::{ClinicalRecord, PatientRow, patient, patients};
pub(crate) use patients::{matching, topics};

/// The words of what is searched for: each must be found, in whatever order a name is typed. "Dr" is no name.
fn words(search: &str) -> impl Iterator<Item = &str> {
    search.split_whitespace().filter(|word| !matches!(word.to_ascii_lowercase().as_str(), "dr" | "dr."))
}
