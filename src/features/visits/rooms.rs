//! What lists say of the rooms of visits: who is there, whose camera and microphone work, how late their doctors run, and the way in. For `home`.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use entity::enums::{AppointmentStatus, CallState, Role};
use serde::Serialize;

use super::queries::{CheckedPerson, InRoom, LateDoctor};
use crate::{
    access::PageContext,
    features::{
        appointments::{AppointmentRow, DeviceCheckRow, DeviceMark, device_mark},
        calls::CallNow,
    },
    web::{Moment, Present},
};

/// So long before a visit begins lists lead into its room.
const OPENS_BEFORE: Duration = Duration::minutes(30);

/// All that lists know of rooms.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rooms {
    /// By `appointment.id`.
    people: BTreeMap<i64, InRoom>,
    /// By `appointment.id`.
    checks: BTreeMap<i64, DeviceCheckRow>,
    /// Minutes by `doctor.id`.
    late: BTreeMap<i64, i32>,
}

/// What a list says of the room of one visit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RoomMark {
    /// The way in, when it is time and the viewer is one of the two.
    href: Option<String>,
    who: Option<Who>,
    call: Option<Call>,
    /// What its patient has found when they tried camera and microphone, while they are awaited.
    devices: Option<DeviceMark>,
    /// By how many minutes its doctor runs late, while it is awaited.
    late: Option<i32>,
}

#[derive(Clone, Debug, Serialize)]
struct Who {
    /// `user.id`
    user: i64,
    /// here or away
    state: &'static str,
    /// What that means, before the moment.
    words: &'static str,
    since: Moment,
}

/// The call that goes on in the room.
#[derive(Clone, Debug, Serialize)]
struct Call {
    /// calling or connected; waiting, when it is connected and whom the list names is not there
    state: &'static str,
    /// What that means, before the moment.
    words: String,
    since: Moment,
    /// `call.id`, when the viewer is one of the two and the other waits for them in it.
    rings: Option<i64>,
}

impl Call {
    fn new(
        PageContext { viewer, present }: PageContext<'_>,
        row: &AppointmentRow,
        (person, call): (&InRoom, &CallNow),
    ) -> Self {
        let is_here = !present.has_come(person.here_until);
        let rings = call.rings(viewer);
        let (state, words, since) = match (call.state, call.connected_at) {
            (CallState::Connected, Some(_)) if !is_here => {
                ("waiting", "awaited in the call since".to_owned(), person.left_at.unwrap_or(person.here_until))
            }
            (CallState::Connected, Some(since)) => ("connected", "in the call since".to_owned(), since),
            _ if call.started_by == viewer.user_id => {
                ("calling", "you wait in the call since".to_owned(), call.started_at)
            }
            _ if rings.is_some() => {
                let caller = if viewer.role() == Role::Doctor { row.patient_name() } else { row.doctor_name() };
                ("calling", format!("{caller} is ready in the call, since"), call.started_at)
            }
            _ => ("calling", "ready in the call since".to_owned(), call.started_at),
        };
        Self { state, words, since: Moment::new(since, viewer.zone()), rings }
    }
}

impl Rooms {
    /// With what was found beside other lists.
    pub(crate) fn add(&mut self, person: Option<InRoom>, check: Option<CheckedPerson>, late: Option<LateDoctor>) {
        self.people.extend(person.map(|person| (person.appointment_id, person)));
        self.checks.extend(check.map(|check| (check.appointment_id, check.found)));
        self.late.extend(late.map(|late| (late.doctor_id, late.minutes)));
    }

    /// In how many rooms is whom lists name, as far as they say so.
    pub(crate) fn here(&self, present: &Present) -> i64 {
        let is_said = |person: &InRoom| is_near(present, (person.visit.status, person.visit.starts_at));
        let here = |person: &&InRoom| is_said(person) && !present.has_come(person.here_until);
        let here = self.people.values().filter(here).count();
        i64::try_from(here).unwrap_or(i64::MAX)
    }

    /// By how many minutes the doctor runs late today.
    pub(crate) fn late(&self, doctor_id: i64) -> Option<i32> {
        self.late.get(&doctor_id).copied()
    }

    /// What is said of the room of `row`; nothing of one in which there is nothing to wait for. What a check has found is said as soon as it is there,
    /// so that there is time to do something about it, and that there was none only when the visit is near.
    pub(crate) fn of(
        &self,
        context @ PageContext { viewer, present }: PageContext<'_>,
        row: &AppointmentRow,
    ) -> Option<RoomMark> {
        let check = self.checks.get(&row.id);
        // Whether they worked is of no use once nobody is awaited any more.
        let is_awaited = row.status.is_under_way() || !present.has_come(row.ends_at);
        let devices = device_mark(row.situation(), check).filter(|_| is_awaited);
        let devices = match viewer.role() {
            Role::Patient => devices.map(DeviceMark::of_oneself),
            _ => devices,
        };
        if !is_near(present, (row.status, row.starts_at)) {
            let devices = devices.filter(|_| check.is_some())?;
            return Some(RoomMark { href: None, who: None, call: None, devices: Some(devices), late: None });
        }
        let is_party = matches!(viewer.role(), Role::Doctor | Role::Patient);
        let is_today = viewer.zone().local(row.starts_at).date() == present.date(viewer.zone());
        let late = self.late(row.doctor_id).filter(|_| is_today && row.status != AppointmentStatus::InProgress);
        let person = self.people.get(&row.id);
        Some(RoomMark {
            call: person.and_then(|person| Some(Call::new(context, row, (person, person.call.as_ref()?)))),
            href: is_party.then(|| format!("/appointments/{}/room", row.id)),
            who: person.map(|person| Who::new(context, person)),
            devices,
            late: late.filter(|_| viewer.role() != Role::Doctor),
        })
    }
}

/// From when on lists lead into the room of a visit that begins then.
pub(crate) fn opens_at(starts_at: DateTime<Utc>) -> DateTime<Utc> {
    starts_at - OPENS_BEFORE
}

/// Whether lists say anything of the room of a visit in this state that begins then.
fn is_near(present: &Present, (status, starts_at): (AppointmentStatus, DateTime<Utc>)) -> bool {
    let has_begun = status.is_under_way();
    has_begun || (status.is_busy() && present.has_come(opens_at(starts_at)))
}

impl Who {
    fn new(PageContext { viewer, present }: PageContext<'_>, person: &InRoom) -> Self {
        let is_here = !present.has_come(person.here_until);
        let (state, words) = if is_here { ("here", "in the room since") } else { ("away", "left the room at") };
        let since = if is_here { person.here_since } else { person.left_at.unwrap_or(person.here_until) };
        Self { user: person.user_id, state, words, since: Moment::new(since, viewer.zone()) }
    }
}
