//! What a check has found, as it is sent.

use entity::enums::{DeviceState, RelayReach};
use serde::{Deserialize, Serialize};

use crate::web::{AppError, FormReader, FormView, forms::Fields};

/// What can be said of a device: the value in forms, and what it is called where somebody says it themselves.
const DEVICES: [(DeviceState, &str, &str); 3] = [
    (DeviceState::Ok, "ok", "It works"),
    (DeviceState::Absent, "none", "I have none"),
    (DeviceState::Blocked, "blocked", "I have one, and it does not work"),
];
const NETWORKS: [(RelayReach, &str); 4] =
    [(RelayReach::Udp, "udp"), (RelayReach::Tcp, "tcp"), (RelayReach::Tls, "tls"), (RelayReach::Unreached, "none")];

/// Query string of the page: for which visit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckQuery {
    appointment: Option<String>,
}

impl CheckQuery {
    /// `appointment.id`; none when devices alone are tried.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what is no number: there is no such visit.
    pub(super) fn appointment(&self) -> Result<Option<i64>, AppError> {
        let id = self.appointment.as_deref().map(str::parse).transpose();
        id.map_err(|_not_a_number| AppError::NotFound)
    }
}

/// One entry of a choice.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DeviceChoice {
    value: &'static str,
    label: &'static str,
}

/// All that can be said of a device.
pub(super) fn device_choices() -> Vec<DeviceChoice> {
    DEVICES.iter().map(|(_, value, label)| DeviceChoice { value, label }).collect()
}

/// What somebody has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DeviceCheck {
    pub(super) camera: DeviceState,
    pub(super) microphone: DeviceState,
    /// None when it was not tried.
    pub(super) network: Option<RelayReach>,
}

/// The check in these fields.
///
/// # Errors
/// The form to show again.
pub(super) fn check(fields: Fields) -> Result<DeviceCheck, Box<FormView>> {
    let reader = FormReader::new(fields);
    let camera = reader.parsed("camera", "how it stands with your camera", device);
    let microphone = reader.parsed("microphone", "how it stands with your microphone", device);
    let network = reader.parsed_optional("network", "Network", network);
    let check = camera.zip(microphone).map(|(camera, microphone)| DeviceCheck { camera, microphone, network });
    reader.finish(check)
}

fn device(word: &str) -> Result<DeviceState, String> {
    let known = DEVICES.iter().find(|(_, value, _)| *value == word).map(|(state, ..)| *state);
    known.ok_or_else(|| "Choose one of the answers.".to_owned())
}

fn network(word: &str) -> Result<RelayReach, String> {
    let known = NETWORKS.iter().find(|(_, value)| *value == word).map(|(reach, _)| *reach);
    known.ok_or_else(|| "Load the page again, then try once more.".to_owned())
}
