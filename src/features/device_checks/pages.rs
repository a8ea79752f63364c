//! The page on which camera, microphone and network are tried.

use entity::enums::{Modality, Role};
use serde::Serialize;

use super::{
    forms::{DeviceChoice, device_choices},
    queries::VisitOfCheck,
};
use crate::{
    access::Viewer,
    features::appointments::{DeviceMark, check_href, device_mark},
    web::{FormView, Moment, Page, PhoneLink},
};

/// The visit that it is for.
#[derive(Debug, Serialize)]
struct CheckedVisit {
    id: i64,
    /// Whom the viewer meets.
    other: String,
    starts_at: Moment,
    /// Whether what is found is kept: it is to come or goes on, by video.
    is_kept: bool,
    is_by_video: bool,
    /// Who sees what is found, as a sentence.
    seen_by: &'static str,
    /// What was found the last time, and when.
    found: Option<(DeviceMark, Moment)>,
    hospital: String,
    phone: PhoneLink,
}

/// What is tried, what one needs for it, and what was found.
#[derive(Debug, Serialize)]
pub(super) struct CheckPage {
    visit: Option<CheckedVisit>,
    choices: Vec<DeviceChoice>,
    /// What was sent and refused.
    form: FormView,
}

impl CheckPage {
    pub(super) fn new(viewer: &Viewer, visit: Option<VisitOfCheck>, form: FormView) -> Self {
        Self { visit: visit.map(|visit| CheckedVisit::new(viewer, visit)), choices: device_choices(), form }
    }
}

impl CheckedVisit {
    fn new(viewer: &Viewer, VisitOfCheck { row, hospital, devices }: VisitOfCheck) -> Self {
        let (own, other, seen_by) = match viewer.role() {
            Role::Doctor => (devices.doctor, row.patient_name(), "Your patient and the hospital see this result."),
            _ => (devices.patient, row.doctor_name(), "Your doctor and the hospital see this result."),
        };
        let mark = own.as_ref().and_then(|check| device_mark(row.situation(), Some(check)));
        Self {
            id: row.id,
            other,
            starts_at: Moment::new(row.starts_at, viewer.zone()),
            is_kept: check_href(viewer, &row).is_some(),
            is_by_video: row.modality == Modality::Video,
            seen_by,
            found: mark.zip(own.map(|check| Moment::new(check.checked_at, viewer.zone()))),
            hospital: hospital.name,
            phone: PhoneLink::new(&hospital.phone),
        }
    }
}

impl Page for CheckPage {
    const TEMPLATE: &'static str = "device_checks/check.html";

    fn title(&self) -> String {
        "Try camera and microphone".to_owned()
    }
}
