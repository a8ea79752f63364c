//! The visit that a patient has before them: where, with whom, when, and what they do now.

use entity::enums::{AppointmentStatus, Modality};
use serde::Serialize;

use super::rows::VisitRow;
use crate::{
    access::PageContext,
    features::{
        appointments::{AppointmentRow, OfferedStep, hindrance},
        home::queries::WayToMeet,
        visits::{Rooms, opens_at},
    },
    web::{Moment, PhoneLink},
};

/// The one visit that stands first.
#[derive(Debug, Serialize)]
pub(super) struct Hero {
    /// Where it stands, in words.
    says: String,
    /// Whether it is now, or was and has no outcome: its time is no more to come.
    is_now: bool,
    /// Whether its time is over, and nobody is in it.
    is_over: bool,
    /// `Today` or `Tomorrow`, if it is.
    day: Option<&'static str>,
    /// Of those who wait for the doctor, whose turn comes before: 1 is next.
    place: Option<usize>,
    doctor: String,
    row: VisitRow,
    is_by_video: bool,
    /// Where the two meet; of a visit from afar nothing.
    venue: Option<String>,
    /// What the patient does now.
    to_do: String,
    /// What it means to say that they have arrived, while they can.
    arrival: Option<&'static str>,
    hospital: Option<String>,
    phone: Option<PhoneLink>,
    /// `NPR 1000.00`; nothing where a visit costs nothing.
    fee: Option<String>,
}

impl Hero {
    pub(super) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        rooms: &Rooms,
        (row, place): (&AppointmentRow, Option<usize>),
        meeting: Option<&WayToMeet>,
    ) -> Self {
        let shown = VisitRow::new(viewer, (present, rooms), row);
        let hospital = meeting.map(|meeting| &meeting.hospital);
        let is_over = present.is_past(row.ends_at);
        let arrives = shown.acts.iter().any(OfferedStep::is_arrival);
        Self {
            says: says(row, is_over),
            is_now: row.status.is_under_way() || is_over,
            is_over: is_over && !row.status.is_under_way(),
            day: day(context, row),
            place,
            doctor: row.doctor_name(),
            is_by_video: row.modality == Modality::Video,
            venue: venue(row, meeting),
            to_do: to_do(context, row, meeting),
            arrival: arrives.then(|| arrival(row.modality)),
            hospital: hospital.map(|hospital| hospital.name.clone()),
            phone: hospital.map(|hospital| PhoneLink::new(&hospital.phone)),
            fee: hospital
                .filter(|hospital| !hospital.appointment_fee.is_zero())
                .map(|hospital| format!("{} {:.2}", hospital.currency, hospital.appointment_fee)),
            row: shown,
        }
    }
}

/// Where the visit stands, said to its patient.
pub(super) fn says(row: &AppointmentRow, is_over: bool) -> String {
    let doctor = row.doctor_name();
    match row.status {
        AppointmentStatus::Waiting => format!("You are waiting for {doctor}"),
        AppointmentStatus::InProgress => format!("Your visit with {doctor} is going on"),
        _ if is_over => format!("The time of your visit with {doctor} is over"),
        _ => "Your next visit".to_owned(),
    }
}

fn day(PageContext { viewer, present }: PageContext<'_>, row: &AppointmentRow) -> Option<&'static str> {
    let (today, date) = (present.date(viewer.zone()), viewer.zone().local(row.starts_at).date());
    match (date - today).num_days() {
        0 => Some("Today"),
        1 => Some("Tomorrow"),
        _ => None,
    }
}

/// Where one goes.
fn venue(row: &AppointmentRow, meeting: Option<&WayToMeet>) -> Option<String> {
    let hospital = &meeting.filter(|_| row.modality == Modality::InPerson)?.hospital;
    Some(format!("{}, {}", hospital.name, hospital.address))
}

/// What the patient does now, and what the doctor does.
fn to_do(
    PageContext { viewer, present }: PageContext<'_>,
    row: &AppointmentRow,
    meeting: Option<&WayToMeet>,
) -> String {
    if let Some(why) = hindrance(row, viewer.role()) {
        return why.to_owned();
    }
    let phone = meeting.and_then(|meeting| meeting.phone.as_deref());
    match (row.status, row.modality) {
        (AppointmentStatus::Waiting, Modality::Video) => {
            "Go into the room and stay there: the doctor comes to you.".to_owned()
        }
        (AppointmentStatus::Waiting, Modality::Phone) => called(phone, true),
        (AppointmentStatus::Waiting, Modality::InPerson) => {
            "Stay within call: the doctor knows that you are here.".to_owned()
        }
        (AppointmentStatus::InProgress, Modality::Video) => "Go to the room: the doctor is there.".to_owned(),
        (AppointmentStatus::InProgress, Modality::Phone) => called(phone, true),
        (AppointmentStatus::InProgress, Modality::InPerson) => "The doctor sees you now.".to_owned(),
        _ if present.is_past(row.ends_at) => OVER.to_owned(),
        (_, Modality::Phone) => called(phone, false),
        (_, Modality::InPerson) if present.has_come(row.starts_at) => BEGINS.to_owned(),
        (_, Modality::InPerson) => "Come to the hospital in time, and tell the desk that you are here.".to_owned(),
        (_, Modality::Video) => {
            let opens = opens_at(row.starts_at);
            if present.has_come(opens) {
                return "The room is open: go in, and wait there for the doctor.".to_owned();
            }
            format!(
                "Open the room from {} on, on this page. There is no need to travel.",
                Moment::new(opens, viewer.zone()).time
            )
        }
    }
}

/// Whoever is late is not told to be in time.
const BEGINS: &str =
    "It is time for your visit: tell the desk that you are here. If you are late or cannot come, call the hospital.";

const OVER: &str = "The hospital has yet to record what came of it. If you did not meet, call it.";

/// How somebody is called, at the number that is known of them; in the room they may have given another one, which no page that is kept tells.
fn called(phone: Option<&str>, has_arrived: bool) -> String {
    match (phone, has_arrived) {
        (Some(phone), false) => format!("Keep your phone at hand: the doctor calls you at {phone}."),
        (Some(phone), true) => {
            format!(
                "Keep your phone at hand: the doctor calls you at {phone}, or the number that you gave in the room."
            )
        }
        (None, false) => {
            "No number of yours is known: give one in the room of the visit, for the doctor calls you.".to_owned()
        }
        (None, true) => {
            "If you have not yet, give a number in the room of the visit: the doctor calls you there.".to_owned()
        }
    }
}

/// What it means to say that one has arrived, where one is not seen to.
fn arrival(modality: Modality) -> &'static str {
    match modality {
        Modality::InPerson => {
            "Say that you have arrived when you are here, and tell the desk: the doctor sees that you wait."
        }
        Modality::Video => "Say that you have arrived when you are at your screen: the doctor sees that you are ready.",
        Modality::Phone => "Say that you have arrived when you can be called: the doctor sees that you are ready.",
    }
}
