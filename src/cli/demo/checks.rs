//! What patients of a demo have found when they tried camera and microphone for visits to come: most that they work, some what does not, some have not tried.

use chrono::{DateTime, Duration, Utc};
use entity::{
    device_check,
    enums::{DeviceState, RelayReach},
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    stories,
    visits::{DemoVisit, StoredVisit},
};

/// Of the `visits` that are to come or go on by video, with their `appointment.id` and the `user.id` of their patient.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    patient: impl Fn(&DemoVisit) -> Result<i64, DbErr>,
) -> Result<Vec<device_check::ActiveModel>, DbErr> {
    let by_video = visits.iter().filter(|stored| stories::awaits_a_call(stored.visit));
    let tried = by_video.filter_map(|stored| Some((*stored, found(stored.visit)?)));
    tried.map(|(stored, found)| Ok(row(stored, patient(stored.visit)?, (found, now)))).collect()
}

/// Nothing where they have not tried.
fn found(visit: &DemoVisit) -> Option<(DeviceState, DeviceState, RelayReach)> {
    use DeviceState::{Absent, Blocked, Ok};
    match visit.dice % 7 {
        0 => None,
        1 => Some((Absent, Ok, RelayReach::Udp)),
        2 => Some((Blocked, Blocked, RelayReach::Udp)),
        3 => Some((Ok, Ok, RelayReach::Tcp)),
        _ => Some((Ok, Ok, RelayReach::Udp)),
    }
}

fn row(
    StoredVisit { visit, id }: StoredVisit<'_>,
    patient: i64,
    ((camera, microphone, network), now): ((DeviceState, DeviceState, RelayReach), DateTime<Utc>),
) -> device_check::ActiveModel {
    let at = (visit.starts_at - Duration::hours(20)).max(visit.asked_at).min(now);
    device_check::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        user_id: Set(patient),
        camera: Set(camera),
        microphone: Set(microphone),
        network: Set(Some(network)),
        checked_at: Set(at),
        created_at: Set(at),
        updated_at: Set(at),
    }
}
