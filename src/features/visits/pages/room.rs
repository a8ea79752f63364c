//! The room of a visit: waiting room and visit in one page, for both who meet.

use chrono::{DateTime, Utc};
use entity::enums::{AppointmentStatus, Modality, Role};
use serde::Serialize;

use super::Now;
use crate::{
    access::{PageContext, Viewer},
    features::{
        appointments::{AppointmentRow, OfferedStep, check_href, room_acts},
        guests::{GuestChoice, InvitedGuest, guest_choices},
        people::Banner,
        visits::{
            forms::{IdentityChoice, identity_choices, identity_code, identity_label},
            queries::{HospitalOfRoom, Line, OpeningRow, PatientOfRoom, RoomRecord},
        },
    },
    web::{ClinicalPage, FormView, Moment, PhoneLink},
};

/// What was said and checked at the beginning.
#[derive(Debug, Serialize)]
struct Said {
    location_now: Option<String>,
    call_back: Option<PhoneLink>,
    others_present: Option<String>,
    /// Since when they agree to be seen from afar.
    consented: Option<Moment>,
    /// When the doctor checked it, or went without it.
    checked: Option<Moment>,
    identity: Option<&'static str>,
    skipped_reason: Option<String>,
}

/// What the doctor does when something happens to a patient who is far away.
#[derive(Debug, Serialize)]
struct Emergency {
    contact_name: Option<String>,
    contact_phone: Option<PhoneLink>,
    /// Whose word that is, if it is the patient's.
    contact_said: Option<String>,
    /// What the hospital tells its doctors to do.
    text: Option<String>,
}

/// To the doctor of a visit by video: how somebody else is invited to the call.
#[derive(Debug, Serialize)]
struct Guests {
    kinds: Vec<GuestChoice>,
    /// So that the form invites once.
    token: String,
    /// What was sent and refused.
    form: FormView,
    /// Who was just invited, and the link: shown this once.
    who: Option<String>,
    link: Option<String>,
}

impl Guests {
    fn new() -> Self {
        let token = format!("{:032x}", rand::random::<u128>());
        Self { kinds: guest_choices(), token, form: FormView::default(), who: None, link: None }
    }
}

/// Everything in a room.
#[derive(Debug, Serialize)]
pub(in crate::features::visits) struct Room {
    title: String,
    id: i64,
    now: Now,
    patient: Banner,
    patient_id: i64,
    /// The doctor's page of the patient.
    patient_href: Option<String>,
    is_doctor: bool,
    /// Of the page that its live part is taken from.
    live_from: String,
    /// To the patient who is expected: that they have arrived is said with the answers.
    arrival_version: Option<i32>,
    /// Whether the form of the answers, or of the doctor's check, is shown.
    asks: bool,
    said: Said,
    /// Of the opening, for the doctor's form.
    version: i32,
    identities: Vec<IdentityChoice>,
    /// To the doctor, once the visit goes on: that the opening was neither checked nor gone without for a reason.
    is_unchecked: bool,
    emergency: Option<Emergency>,
    /// Of a visit by telephone: whom the doctor calls; to the patient, on which number they are called.
    call: Option<PhoneLink>,
    is_by_phone: bool,
    is_by_video: bool,
    /// Where they try camera and microphone.
    check_href: Option<String>,
    /// The name of whom the viewer meets.
    other: String,
    is_remote: bool,
    hospital: String,
    hospital_phone: PhoneLink,
    /// What was sent and refused.
    form: FormView,
    guests: Option<Guests>,
    /// To the doctor: how late they can say that they run, and where.
    delay_href: Option<String>,
    delays: [i32; 7],
}

impl Room {
    pub(in crate::features::visits) fn new(
        context @ PageContext { viewer, present }: PageContext<'_>,
        record: RoomRecord,
        line: &Line,
    ) -> Self {
        let RoomRecord { now, patient, hospital, opening } = record;
        let row = &now.row;
        let is_doctor = viewer.role() == Role::Doctor;
        let call = opening.as_ref().and_then(|said| said.call_back.clone()).or_else(|| patient.account.phone.clone());
        let arrives = room_acts(viewer, row, present).iter().any(OfferedStep::is_arrival);
        let is_checked = opening.as_ref().is_some_and(|said| said.checked_at.is_some());
        Self {
            title: title(viewer, &now.row.doctor_name(), &now.row.patient_name()),
            id: row.id,
            patient: banner(&now.row, &patient, context),
            patient_id: row.patient_id,
            patient_href: is_doctor.then(|| format!("/patients/{}", row.patient_id)),
            is_doctor,
            live_from: format!("/appointments/{}/now", row.id),
            arrival_version: Some(row.version).filter(|_| arrives && !is_doctor),
            asks: asks(row.status, is_doctor, is_checked),
            version: opening.as_ref().map_or(0, |said| said.version),
            identities: identity_choices(),
            is_unchecked: is_doctor && !is_checked && row.status == AppointmentStatus::InProgress,
            emergency: is_doctor.then(|| Emergency::new(viewer, &patient, &hospital)),
            call: call.as_deref().map(PhoneLink::new),
            is_by_phone: row.modality == Modality::Phone,
            is_by_video: row.modality == Modality::Video,
            check_href: check_href(viewer, row),
            other: if is_doctor { row.patient_name() } else { row.doctor_name() },
            is_remote: row.modality != Modality::InPerson,
            form: filled(opening.as_ref()),
            said: Said::new(viewer, opening),
            hospital_phone: PhoneLink::new(&hospital.phone),
            hospital: hospital.name,
            guests: (is_doctor && row.modality == Modality::Video && row.status.is_busy()).then(Guests::new),
            delay_href: is_doctor.then(|| format!("/doctors/{}/delay", row.doctor_id)),
            delays: DELAYS,
            now: Now::new(context, &now, line),
        }
    }

    /// The same with a form that was sent and refused.
    pub(in crate::features::visits) fn refusing(mut self, mut form: FormView) -> Self {
        if !self.asks {
            // There is no field on this page to lead to.
            for entry in &mut form.summary {
                entry.field = String::new();
            }
        }
        self.form = form;
        self
    }

    /// The same with an invitation that was sent and refused.
    pub(in crate::features::visits) fn refusing_invitation(mut self, form: FormView) -> Self {
        self.form.summary.clone_from(&form.summary);
        for entry in &mut self.form.summary {
            let is_shown = self.guests.is_some() && !entry.field.is_empty();
            entry.field = if is_shown { format!("guest-{}", entry.field) } else { String::new() };
        }
        if let Some(guests) = &mut self.guests {
            guests.form = form;
        }
        self
    }

    /// The same with the link of somebody who was just invited.
    pub(in crate::features::visits) fn inviting(mut self, InvitedGuest { who, link }: InvitedGuest) -> Self {
        let guests = self.guests.take().unwrap_or_else(Guests::new);
        self.guests = Some(Guests { who: Some(who), link: Some(link), ..guests });
        self
    }
}

/// How late one can say that one runs, in minutes.
const DELAYS: [i32; 7] = [0, 10, 20, 30, 45, 60, 90];

fn title(viewer: &Viewer, doctor: &str, patient: &str) -> String {
    match viewer.role() {
        Role::Patient => format!("Room of your visit with {doctor}"),
        _ => format!("Room of the visit of {patient}"),
    }
}

/// Whether there is something to say now: by the patient until the doctor has looked at it, by the doctor until the note is written.
fn asks(status: AppointmentStatus, is_doctor: bool, is_checked: bool) -> bool {
    match status {
        AppointmentStatus::Waiting | AppointmentStatus::InProgress => is_doctor || !is_checked,
        AppointmentStatus::Completed => is_doctor && !is_checked,
        _ => false,
    }
}

fn banner(row: &AppointmentRow, patient: &PatientOfRoom, PageContext { viewer, present }: PageContext<'_>) -> Banner {
    let born = (row.patient.user.date_of_birth, present.date(viewer.zone()));
    Banner::new(viewer, row.patient_name(), born, &patient.facts)
}

/// The forms begin with what was said already.
fn filled(opening: Option<&OpeningRow>) -> FormView {
    let Some(said) = opening else { return FormView::default() };
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    FormView::filled([
        ("location_now", text(&said.location_now)),
        ("call_back", text(&said.call_back)),
        ("others_present", text(&said.others_present)),
        ("identity", said.identity.map(identity_code).unwrap_or_default().to_owned()),
        ("skipped_reason", text(&said.skipped_reason)),
    ])
}

impl Said {
    fn new(viewer: &Viewer, opening: Option<OpeningRow>) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let Some(said) = opening else {
            return Self {
                location_now: None,
                call_back: None,
                others_present: None,
                consented: None,
                checked: None,
                identity: None,
                skipped_reason: None,
            };
        };
        Self {
            location_now: said.location_now,
            call_back: said.call_back.as_deref().map(PhoneLink::new),
            others_present: said.others_present,
            consented: said.consented_at.map(moment),
            checked: said.checked_at.map(moment),
            identity: said.identity.map(identity_label),
            // Why it was gone without is a word among clinicians.
            skipped_reason: said.skipped_reason.filter(|_| viewer.role() == Role::Doctor),
        }
    }
}

impl Emergency {
    fn new(viewer: &Viewer, patient: &PatientOfRoom, hospital: &HospitalOfRoom) -> Self {
        Self {
            contact_name: patient.facts.emergency_contact_name.clone(),
            contact_phone: patient.facts.emergency_contact_phone.as_deref().map(PhoneLink::new),
            contact_said: patient.facts.said(viewer).contact,
            text: hospital.emergency_text.clone(),
        }
    }
}

impl ClinicalPage for Room {
    const TEMPLATE: &'static str = "visits/room.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
