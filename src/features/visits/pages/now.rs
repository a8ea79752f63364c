//! Where a visit stands, and who is there: what changes by itself, in the room and by itself.

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus, CallState, Modality, Role};
use serde::Serialize;

use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{
            AppointmentRow, DeviceCheckRow, DeviceMark, OfferedStep, StatusTag, device_mark, room_acts, status_tag,
            what_comes_next,
        },
        calls::CallNow,
        guests::{GuestMark, guest_marks},
        modalities::{modality_code, modality_label},
        visits::queries::{Line, NowRecord, PresenceRow},
    },
    web::{Moment, Page, Present},
};

/// One of the two who meet, and whether they are there.
#[derive(Debug, Serialize)]
struct Person {
    /// `user.id`
    user: i64,
    /// "You", to themselves.
    name: String,
    /// here, away or never
    state: &'static str,
    /// What that means, before the moment.
    words: &'static str,
    /// Since when.
    since: Option<Moment>,
    /// What they have found when they tried camera and microphone.
    devices: Option<DeviceMark>,
}

/// The call that goes on.
#[derive(Debug, Serialize)]
struct Call {
    /// calling or connected; waiting, when it is connected and one of the two is not there
    state: &'static str,
    /// What that means, before the moment.
    words: String,
    since: Moment,
    /// `call.id`, when the viewer is one of the two and the other waits for them in it.
    rings: Option<i64>,
}

impl Call {
    fn new(viewer: &Viewer, call: &CallNow, people: &[Person]) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let rings = call.rings(viewer);
        if call.state == CallState::Connected {
            let since = moment(call.connected_at.unwrap_or(call.started_at));
            let absent: Vec<&Person> = people.iter().filter(|person| person.state != HERE).collect();
            return match absent[..] {
                [] => Self { state: "connected", words: "The call goes on since".to_owned(), since, rings },
                [one] => {
                    let name = if one.user == viewer.user_id { "you" } else { &one.name };
                    let words = format!("The call waits for {name}, since");
                    Self { state: "waiting", words, since: one.since.clone().unwrap_or(since), rings }
                }
                _ => Self {
                    state: "waiting",
                    words: "Nobody is there in the call that goes on since".to_owned(),
                    since,
                    rings,
                },
            };
        }
        let caller = people.iter().find(|person| person.user == call.started_by);
        let words = match caller {
            Some(_) if call.started_by == viewer.user_id => {
                "You are in the call and wait for the other, since".to_owned()
            }
            Some(caller) => format!("{} is ready in the call, since", caller.name),
            None => "Somebody is ready in the call, since".to_owned(),
        };
        Self { state: "calling", words, since: moment(call.started_at), rings }
    }
}

/// Where one goes on once there is nothing to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Onward {
    href: String,
    label: &'static str,
}

impl Onward {
    fn new(role: Role, row: &AppointmentRow) -> Self {
        let visit = format!("/appointments/{}", row.id);
        let (href, label) = match (role, row.status) {
            (Role::Patient, AppointmentStatus::Completed) => (visit, "What comes after the visit"),
            (Role::Patient, AppointmentStatus::Cancelled | AppointmentStatus::Rejected | AppointmentStatus::NoShow) => {
                (format!("/appointments/new?doctor_id={}", row.doctor_id), "Ask for another visit")
            }
            (Role::Doctor, AppointmentStatus::Completed) => (format!("{visit}/note"), "To the note"),
            (Role::Doctor, _) => ("/dashboard".to_owned(), "To your day"),
            _ => (visit, "To the visit"),
        };
        Self { href, label }
    }
}

/// The part of the room that changes by itself. Nothing clinical.
#[derive(Debug, Serialize)]
pub(in crate::features::visits) struct Now {
    id: i64,
    /// In which state the visit is, with whom, and in which way it is held: a room that was made for another shows forms that are out of date.
    stage: String,
    status: StatusTag,
    next: &'static str,
    modality: &'static str,
    starts_at: Moment,
    waiting_since: Option<Moment>,
    people: Vec<Person>,
    /// How many of the two are there.
    here: usize,
    /// Who else is in the call, or invited to it, while the visit is awaited or goes on.
    guests: Vec<GuestMark>,
    /// The call that goes on, while the visit does.
    call: Option<Call>,
    /// `call.id` of that one: whoever loads the page again goes on in it by themselves, and in no other.
    call_id: Option<i64>,
    /// Of those who wait for the doctor, whose turn comes before: 1 is next. To the patient and the desk, while they wait.
    place: Option<usize>,
    /// By how many minutes the doctor runs late today, while somebody waits for the visit to begin.
    late: Option<i32>,
    doctor: String,
    /// Whether the doctor calls the patient, who looks: by telephone there is nothing to do but wait. Without the number, which is clinical.
    is_called: bool,
    /// Whether there is anything to wait for.
    is_open: bool,
    /// What can be done about the visit in its room.
    acts: Vec<OfferedStep>,
    /// Instead, when there is nothing to wait for.
    onward: Option<Onward>,
}

impl Now {
    pub(in crate::features::visits) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        record: &NowRecord,
        line: &Line,
    ) -> Self {
        let NowRecord { row, doctor_user_id, patient_user_id, .. } = record;
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let both = [
            (*doctor_user_id, row.doctor_name(), record.devices.doctor),
            (*patient_user_id, row.patient_name(), record.devices.patient),
        ];
        let people: Vec<Person> = both.into_iter().map(|who| Person::new(context, who, record)).collect();
        let is_today = viewer.zone().local(row.starts_at).date() == present.date(viewer.zone());
        let awaits = matches!(
            row.status,
            AppointmentStatus::Scheduled | AppointmentStatus::Confirmed | AppointmentStatus::Waiting
        );
        let place = line.waiting.iter().position(|id| *id == row.id).map(|before| before + 1);
        Self {
            id: row.id,
            stage: format!("{}-{}-{}", status_tag(row.status).code, row.doctor_id, modality_code(row.modality)),
            status: status_tag(row.status),
            next: what_comes_next(row.status, present.has_come(row.ends_at), viewer.role()),
            modality: modality_label(row.modality),
            starts_at: moment(row.starts_at),
            waiting_since: row.arrived_at.map(moment),
            call: record
                .call
                .as_ref()
                .filter(|_| row.status.is_under_way())
                .map(|call| Call::new(viewer, call, &people)),
            guests: guests(record, context),
            here: people.iter().filter(|person| person.state == HERE).count(),
            people,
            call_id: record.call.as_ref().map(|call| call.id),
            place: place.filter(|_| viewer.role() != Role::Doctor),
            late: line.delay.filter(|_| is_today && awaits),
            doctor: row.doctor_name(),
            is_called: viewer.role() == Role::Patient && row.modality == Modality::Phone && row.status.is_busy(),
            is_open: row.status.is_busy(),
            acts: acts(viewer, row, present),
            onward: (!row.status.is_busy()).then(|| Onward::new(viewer.role(), row)),
        }
    }
}

const HERE: &str = "here";

fn guests(record: &NowRecord, context: PageContext<'_>) -> Vec<GuestMark> {
    let NowRecord { row, people, .. } = record;
    if !row.status.is_busy() || row.modality != Modality::Video {
        return Vec::new();
    }
    guest_marks(context, row.id, (&people.guests, &people.in_call))
}

/// A patient says that they have arrived with their answers, in a form of the room; the desk does nothing in a room.
fn acts(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<OfferedStep> {
    match viewer.role() {
        Role::Doctor => room_acts(viewer, row, present),
        Role::Patient => room_acts(viewer, row, present).into_iter().filter(|act| !act.is_arrival()).collect(),
        Role::HospitalAdmin | Role::SuperAdmin => Vec::new(),
    }
}

impl Person {
    fn new(
        PageContext { viewer, present }: PageContext<'_>,
        (user, name, check): (i64, String, Option<DeviceCheckRow>),
        record: &NowRecord,
    ) -> Self {
        let moment = |instant: DateTime<Utc>| Some(Moment::new(instant, viewer.zone()));
        let name = if user == viewer.user_id { "You".to_owned() } else { name };
        let row = record.people.present.iter().find(|row| row.user_id == user).filter(|_| record.row.status.is_busy());
        let (state, words, since) = match row {
            None => ("never", "not here yet", None),
            Some(PresenceRow { here_since, here_until, .. }) if !present.has_come(*here_until) => {
                (HERE, "here since", moment(*here_since))
            }
            Some(PresenceRow { here_until, left_at, .. }) => {
                ("away", "left at", moment(left_at.unwrap_or(*here_until)))
            }
        };
        let devices = device_mark(record.row.situation(), check.as_ref());
        Self { user, name, state, words, since, devices }
    }
}

/// The same as a page.
#[derive(Debug, Serialize)]
pub(in crate::features::visits) struct NowPage {
    title: String,
    now: Now,
    back: String,
    /// For the two who meet.
    room: Option<String>,
}

impl NowPage {
    pub(in crate::features::visits) fn new(context: PageContext<'_>, record: &NowRecord, line: &Line) -> Self {
        Self {
            title: format!("Visit with {}: now", record.row.doctor_name()),
            now: Now::new(context, record, line),
            back: format!("/appointments/{}", record.row.id),
            room: matches!(context.viewer.role(), Role::Doctor | Role::Patient)
                .then(|| format!("/appointments/{}/room", record.row.id)),
        }
    }
}

impl Page for NowPage {
    const TEMPLATE: &'static str = "visits/now.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
