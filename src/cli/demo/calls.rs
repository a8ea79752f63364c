//! The calls of a demo's visits of late: most went well, some took a second try, and some visits went on by telephone.

use chrono::{DateTime, Duration, Utc};
use entity::{
    call,
    enums::{AppointmentStatus, CallEnd, CallPath, CallState, Modality},
};
use sea_orm::{ActiveValue::NotSet, DbErr, Set};

use super::{
    notes::WRITTEN_SINCE,
    stories,
    visits::{DemoVisit, StoredVisit},
};

/// One call of a visit.
#[derive(Clone, Copy, Debug)]
struct DemoCall {
    /// Seconds from the start of the visit.
    after: u32,
    /// Seconds in which the two saw each other, and which way that went; none if nobody answered.
    connected: Option<(u32, CallPath)>,
    end: CallEnd,
    restarts: i32,
    /// Per cent.
    loss: i32,
}

/// The calls of the `visits` that took place of late, each with its `appointment.id` and the `user.id` of its doctor.
pub(super) fn rows(
    visits: &[StoredVisit<'_>],
    now: DateTime<Utc>,
    doctor: impl Fn(&DemoVisit) -> Result<i64, DbErr>,
) -> Result<Vec<call::ActiveModel>, DbErr> {
    let lately = visits.iter().filter(|stored| stored.visit.starts_at > now - WRITTEN_SINCE);
    let held = lately.filter(|stored| stored.visit.status == AppointmentStatus::Completed);
    let of_visit = |stored: &StoredVisit<'_>| {
        let doctor = doctor(stored.visit)?;
        let call = |call| row(*stored, doctor, call);
        Ok(calls(stored.visit).into_iter().map(call).collect::<Vec<_>>())
    };
    held.map(of_visit).collect::<Result<Vec<_>, DbErr>>().map(|rows| rows.concat())
}

fn calls(visit: &DemoVisit) -> Vec<DemoCall> {
    let chance = visit.dice / 100;
    let end = if chance.is_multiple_of(3) { CallEnd::Finished } else { CallEnd::HungUp };
    let well = |after, path| DemoCall { after, connected: Some((480 + chance % 700, path)), end, restarts: 0, loss: 0 };
    match (stories::modality(visit), chance % 12) {
        (Modality::Video, 0) => {
            let missed = DemoCall { after: 20, connected: None, end: CallEnd::NotAnswered, restarts: 0, loss: 0 };
            vec![missed, well(180, CallPath::Direct)]
        }
        (Modality::Video, 1) => vec![DemoCall { restarts: 2, loss: 6, ..well(30, CallPath::RelayTcp) }],
        (Modality::Video, 2) => {
            let connected = Some((240, CallPath::RelayUdp));
            let lost = DemoCall { after: 25, connected, end: CallEnd::Lost, restarts: 3, loss: 31 };
            vec![lost, well(360, CallPath::RelayTls)]
        }
        (Modality::Video, 3 | 4) => vec![DemoCall { loss: 1, ..well(15, CallPath::RelayUdp) }],
        (Modality::Video, _) => vec![well(15, CallPath::Direct)],
        (Modality::Phone, _) if stories::moves_to_phone(visit) => {
            let connected = Some((70, CallPath::RelayTcp));
            vec![DemoCall { after: 20, connected, end: CallEnd::MovedToPhone, restarts: 4, loss: 38 }]
        }
        (Modality::Phone | Modality::InPerson, _) => Vec::new(),
    }
}

fn row(StoredVisit { visit, id }: StoredVisit<'_>, doctor: i64, call: DemoCall) -> call::ActiveModel {
    let seconds = |seconds: u32| Duration::seconds(i64::from(seconds));
    let number = |number: u32| i32::try_from(number).unwrap_or_default();
    let started_at = visit.starts_at + seconds(call.after);
    let connected_at = call.connected.map(|_| started_at + seconds(5));
    let length = call.connected.map_or(0, |(seconds, _)| seconds);
    let ended_at = connected_at.unwrap_or(started_at + seconds(60)) + seconds(length);
    let path = call.connected.map(|(_, path)| path);
    let slowest = if path == Some(CallPath::Direct) { 900 } else { 2_500 };
    call::ActiveModel {
        id: NotSet,
        appointment_id: Set(id),
        modality: Set(Modality::Video),
        state: Set(CallState::Ended),
        started_by: Set(doctor),
        started_at: Set(started_at),
        connected_at: Set(connected_at),
        ended_at: Set(Some(ended_at)),
        end_reason: Set(Some(call.end)),
        path: Set(path),
        connected_seconds: Set(number(length)),
        restarts: Set(call.restarts),
        loss: Set(path.map(|_| call.loss)),
        rtt: Set(path.map(|_| number(30 + visit.dice % 170))),
        first_frame: Set(path.map(|_| number(700 + visit.dice % slowest))),
        version: Set(2),
        created_at: Set(started_at),
        updated_at: Set(ended_at),
    }
}
