//! Visits and absences stay at the time on the wall that people were promised.
//!
//! `appointment` and `time_off` carry that time, with its zone, beside the instant. When the rules of a zone change, or a hospital's zone is
//! corrected, the instants of what is to come are made anew from it: by `telemedicine zones reanchor`, and by whoever corrects the zone.
//! What was written by a release that did not know of it has none until one of them gives it its own.
//!
//! Owns no table: it moves rows of `appointment` and `time_off`, and the mails that tell of them.

mod plan;
mod queries;
mod service;

pub use service::{Drift, ReanchorError, ReanchorOptions, Reanchored, drift, reanchor};
pub(crate) use service::{Keep, Retold, ZoneChange, ZoneNotChanged, change_zone};
