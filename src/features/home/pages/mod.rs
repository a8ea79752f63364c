//! One struct for each template of the landing page and the dashboards.

mod board;
mod doctor;
mod hero;
mod hospital;
mod now;
mod patient;
mod platform;
mod rows;
mod timeline;
mod untold;

use serde::Serialize;

pub(super) use doctor::DoctorDashboard;
pub(super) use hospital::HospitalDashboard;
pub(super) use patient::PatientDashboard;
pub(super) use platform::PlatformDashboard;

use crate::web::Page;

/// The page for somebody who is not signed in.
#[derive(Debug, Serialize)]
pub(super) struct Landing;

impl Page for Landing {
    const TEMPLATE: &'static str = "home/landing.html";

    fn title(&self) -> String {
        "Your visits at the clinic".to_owned()
    }
}
