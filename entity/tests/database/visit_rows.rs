//! Rows of the tables of a visit, with every column filled in.

use entity::enums::{DeviceState, GuestKind, IdentityCheck, RelayReach};
use entity::{device_check, doctor_delay, visit, visit_guest, visit_presence};

use crate::rows::{changed, made};
use crate::support::at;

pub(crate) fn opening(appointment: i64, doctor_user: i64) -> visit::Model {
    visit::Model {
        id: 0,
        appointment_id: appointment,
        location_now: Some("Patan".to_owned()),
        call_back: Some("+977 1 5550100".to_owned()),
        others_present: Some("Maya".to_owned()),
        consented_at: Some(at(1)),
        consent_version: Some(3),
        identity: Some(IdentityCheck::NotPossible),
        checked_by: Some(doctor_user),
        checked_at: Some(at(2)),
        skipped_reason: Some("No light".to_owned()),
        version: 4,
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn presence(appointment: i64, user: i64) -> visit_presence::Model {
    visit_presence::Model {
        id: 0,
        appointment_id: appointment,
        user_id: user,
        here_since: at(1),
        here_until: at(2),
        left_at: Some(at(2)),
        session_id: Some(7),
        other_session_id: Some(8),
        other_until: Some(at(2)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn check(appointment: i64, user: i64) -> device_check::Model {
    device_check::Model {
        id: 0,
        appointment_id: appointment,
        user_id: user,
        camera: DeviceState::Blocked,
        microphone: DeviceState::Ok,
        network: Some(RelayReach::Tls),
        checked_at: at(-7),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn guest(appointment: i64, doctor_user: i64) -> visit_guest::Model {
    visit_guest::Model {
        id: 0,
        appointment_id: appointment,
        name: Some("Mira Shrestha".to_owned()),
        kind: GuestKind::Interpreter,
        token_hash: vec![7; 32],
        form_token: "0123456789abcdef".to_owned(),
        invited_by: doctor_user,
        expires_at: at(90),
        here_since: Some(at(1)),
        here_until: Some(at(2)),
        admitted_at: Some(at(2)),
        admitted_by: Some(doctor_user),
        revoked_at: Some(at(3)),
        created_at: made(),
        updated_at: changed(),
    }
}

pub(crate) fn delay(doctor: i64) -> doctor_delay::Model {
    doctor_delay::Model {
        id: 0,
        doctor_id: doctor,
        day: at(0).date_naive(),
        minutes: 20,
        created_at: made(),
        updated_at: changed(),
    }
}
