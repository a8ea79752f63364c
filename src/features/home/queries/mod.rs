//! The statements of the dashboards. For each role one that finds what there is: what is open or near and whatever else is new, by id and
//! time, read from indexes alone, side by side; and one, the same for all, that reads the visits to be shown with their people
//! ([`crate::features::appointments::visits`]). What is counted over years is kept by the database.

mod doctor;
mod hospital;
mod lists;
mod patient;
mod platform;

pub(super) use doctor::{FoundForDoctor, of_doctor};
pub(super) use hospital::{FoundForHospital, NewestDoctor, NewestPatient, NewestPerson, of_hospital};
pub(super) use lists::{ListedVisit, Unread, UntoldNews, WishedVisit};
pub(super) use patient::{FoundForPatient, WayToMeet, of_patient};
pub(super) use platform::{Newest, PlatformFigures, newest, of_platform};
