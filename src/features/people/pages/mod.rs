//! One struct for each template of the people's lists and pages.

mod banner;
mod doctors;
mod form;
mod patients;

pub(crate) use banner::{Banner, EmergencyContact};
pub(super) use doctors::{Doctor, Doctors};
pub(super) use form::{Choice, PersonForm};
pub(super) use patients::Patients;
