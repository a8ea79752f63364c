//! What is said of somebody's check of camera and microphone: short words and a symbol, the same on boards, in the room and on the visit's page.

use entity::enums::{DeviceState, Modality, RelayReach, Role};
use serde::Serialize;

use super::queries::{AppointmentRow, DeviceCheckRow, VisitSituation};
use crate::access::Viewer;

/// What stands beside a person: a symbol and words, never colour alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct DeviceMark {
    /// `ok`, `limited`, `trouble` or `unchecked`.
    state: &'static str,
    /// A name in the icon sprite.
    icon: &'static str,
    words: String,
}

/// What is said of `check` beside somebody who takes part in a visit that stands so; nothing where there is nothing to be seen or heard by.
pub(crate) fn device_mark(visit: VisitSituation, check: Option<&DeviceCheckRow>) -> Option<DeviceMark> {
    needs_devices(visit).then(|| check.map_or_else(unchecked, DeviceMark::from))
}

/// Where the viewer tries camera and microphone for the visit of `row`, if they are one of the two who meet in it and it is not over.
pub(crate) fn check_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    let meets = matches!(viewer.role(), Role::Doctor | Role::Patient);
    (meets && needs_devices(row.situation())).then(|| format!("/device-check?appointment={}", row.id))
}

fn needs_devices(VisitSituation { status, modality }: VisitSituation) -> bool {
    status.is_busy() && modality == Modality::Video
}

impl DeviceMark {
    /// The same for whoever it is about, beside what is said of another.
    pub(crate) fn of_oneself(self) -> Self {
        Self { words: format!("You: {}", self.words), ..self }
    }
}

fn unchecked() -> DeviceMark {
    DeviceMark { state: "unchecked", icon: "shape-ring", words: "Camera and microphone not checked".to_owned() }
}

impl From<&DeviceCheckRow> for DeviceMark {
    fn from(check: &DeviceCheckRow) -> Self {
        let (devices, network) = (devices(check.camera, check.microphone), network(check.network));
        let (state, icon) = match (check.camera, check.microphone, check.network) {
            (DeviceState::Ok, DeviceState::Ok, None | Some(RelayReach::Udp)) => ("ok", "check"),
            (DeviceState::Ok, DeviceState::Ok, Some(RelayReach::Tcp | RelayReach::Tls)) => ("limited", "info"),
            _ => ("trouble", "warning"),
        };
        let words = network.map_or_else(|| devices.to_owned(), |network| format!("{devices}. {network}"));
        Self { state, icon, words }
    }
}

fn devices(camera: DeviceState, microphone: DeviceState) -> &'static str {
    use DeviceState::{Absent, Blocked, Ok};
    match (camera, microphone) {
        (Ok, Ok) => "Camera and microphone work",
        (Absent, Ok) => "No camera",
        (Blocked, Ok) => "Camera blocked",
        (Ok, Absent) => "No microphone",
        (Ok, Blocked) => "Microphone blocked",
        (Absent, Absent) => "No camera, no microphone",
        (Absent, Blocked) => "No camera, microphone blocked",
        (Blocked, Absent) => "Camera blocked, no microphone",
        (Blocked, Blocked) => "Camera and microphone blocked",
    }
}

fn network(reach: Option<RelayReach>) -> Option<&'static str> {
    match reach? {
        RelayReach::Udp => None,
        RelayReach::Tcp => Some("Network: only through TCP"),
        RelayReach::Tls => Some("Network: only through TLS"),
        RelayReach::Unreached => Some("Network: calls may not get through"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use chrono::DateTime;
    use entity::enums::AppointmentStatus;

    use super::*;

    const STATES: [DeviceState; 3] = [DeviceState::Ok, DeviceState::Absent, DeviceState::Blocked];

    fn mark(camera: DeviceState, microphone: DeviceState, network: Option<RelayReach>) -> DeviceMark {
        DeviceMark::from(&DeviceCheckRow { camera, microphone, network, checked_at: DateTime::UNIX_EPOCH })
    }

    #[test]
    fn what_was_found_is_told_apart_in_words() {
        let mut words = HashSet::new();
        for camera in STATES {
            for microphone in STATES {
                for network in [None, Some(RelayReach::Tcp), Some(RelayReach::Tls), Some(RelayReach::Unreached)] {
                    let mark = mark(camera, microphone, network);
                    assert_eq!(mark.state == "trouble", mark.icon == "warning");
                    words.insert(mark.words);
                }
            }
        }
        assert_eq!(words.len(), 36);
    }

    #[test]
    fn only_what_works_by_the_best_way_is_simply_well() {
        use DeviceState::{Absent, Ok};
        assert_eq!(mark(Ok, Ok, Some(RelayReach::Udp)), mark(Ok, Ok, None));
        assert_eq!(mark(Ok, Ok, None).state, "ok");
        assert_eq!(mark(Ok, Ok, Some(RelayReach::Tls)).state, "limited");
        assert_eq!(mark(Ok, Absent, None).state, "trouble");
        assert_eq!(mark(Ok, Ok, Some(RelayReach::Unreached)).state, "trouble");
    }

    #[test]
    fn of_visits_without_a_picture_and_of_those_that_are_over_nothing_is_said() {
        let mark = |status, modality| device_mark(VisitSituation { status, modality }, None);
        assert!(mark(AppointmentStatus::Waiting, Modality::Video).is_some());
        assert_eq!(mark(AppointmentStatus::Waiting, Modality::Phone), None);
        assert_eq!(mark(AppointmentStatus::Completed, Modality::Video), None);
        assert_eq!(mark(AppointmentStatus::Requested, Modality::Video), None);
    }
}
