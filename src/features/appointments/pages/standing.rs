//! Where an appointment stands: what changes by itself, on its page and by itself.

use chrono::{DateTime, Utc};
use entity::enums::Role;
use serde::Serialize;

use super::{
    next::next,
    note_link::{NoteLink, documents_href, note_link},
    show::title,
};
use crate::{
    access::{PageContext, Permission as _, Viewer},
    features::{
        appointments::{
            appointment::{StatusTag, status_tag},
            by_phone::{ToldByPhone, told_by_phone},
            devices::{DeviceMark, check_href, device_mark},
            guests::guest_named,
            offered::{OfferedStep, acts},
            policy::RescheduleAppointment,
            queries::{AppointmentRow, GuestOfVisit, RecordedStep, StandingRecord},
            service::{
                correcting::{self, CorrectionTerms},
                holding, moving,
            },
            step::Stage,
            wishes::{wish_href, wish_words},
        },
        modalities::{ModalityChoice, choices_of, modality_label},
        schedules::DayOfTimes,
    },
    web::{FormView, Moment, Page, Present},
};

/// Somebody who was let into the call beside the two who meet.
#[derive(Debug, Serialize)]
struct LetIn {
    who: String,
    at: Option<Moment>,
}

/// Something the viewer may do.
#[derive(Debug, Serialize)]
pub(super) struct Offer {
    pub(super) act: OfferedStep,
    /// What was typed, if this is the form that was sent.
    pub(super) form: FormView,
    /// Whether the question is open already: because its answer was refused.
    pub(super) open: bool,
}

/// What the viewer may take back of what was recorded.
#[derive(Debug, Serialize)]
pub(super) struct CorrectionOffer {
    /// In words, to be read after "Take back".
    what: &'static str,
    /// What they are asked first; nothing where one click is enough.
    asks: Option<&'static str>,
    /// Whether they have to say why.
    pub(super) needs_reason: bool,
    /// What was sent and refused.
    pub(super) form: FormView,
}

/// The part of an appointment's page that changes by itself. Nothing clinical.
#[derive(Debug, Serialize)]
pub(super) struct VisitStanding {
    id: i64,
    pub(super) version: i32,
    patient: String,
    doctor: String,
    /// The doctor's page, if the viewer may see it.
    doctor_href: Option<String>,
    specialization: String,
    starts_at: Moment,
    ends_at: Moment,
    status: StatusTag,
    /// How it is held, and what that means.
    modality: &'static str,
    pub(super) correction: Option<CorrectionOffer>,
    /// To its doctor: the other ways in which it can be held.
    pub(super) other_modalities: Vec<ModalityChoice>,
    /// What was sent to change it and refused.
    pub(super) modality_form: FormView,
    /// To the two who meet: where they do.
    room_href: Option<String>,
    /// To who works there where the visit is moved to another time, to its patient where that is asked for; and what that is called.
    move_href: Option<String>,
    move_label: &'static str,
    /// To the two who meet by video: where they try camera and microphone.
    check_href: Option<String>,
    /// What each of them has found there.
    doctor_devices: Option<DeviceMark>,
    patient_devices: Option<DeviceMark>,
    /// To the two who meet: where they write to each other.
    messages_href: Option<String>,
    /// To staff, of a patient who gets no mail.
    told_by_phone: Option<ToldByPhone>,
    /// Since when the patient has been waiting.
    waiting_since: Option<Moment>,
    proposed: Option<Moment>,
    /// What is said of another time that the patient asks for.
    wish: Option<String>,
    next: &'static str,
    /// Why nobody can hold it as it is.
    mark: Option<&'static str>,
    /// Where that is mended, if its doctor is away.
    mark_href: Option<String>,
    /// Free times that the doctor can propose with one click, after another was refused.
    pub(super) free: Vec<DayOfTimes>,
    /// What the viewer may do, each with its own form.
    pub(super) offers: Vec<Offer>,
    guests: Vec<LetIn>,
    /// Where its doctor issues documents, and its patient has theirs.
    documents_href: Option<String>,
    /// Where the note of the visit stands, if the viewer may know.
    note: Option<NoteLink>,
}

impl VisitStanding {
    pub(super) fn new(viewer: &Viewer, present: &Present, record: StandingRecord) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let StandingRecord { row, note, devices, guests, recorded, was_started } = record;
        let held = row.situation();
        Self {
            id: row.id,
            version: row.version,
            patient: row.patient_name(),
            doctor: row.doctor_name(),
            doctor_href: doctor_href(viewer, &row),
            starts_at: moment(row.starts_at),
            ends_at: moment(row.ends_at),
            status: status_tag(row.status),
            modality: modality_label(row.modality),
            correction: recorded.and_then(|step| CorrectionOffer::new(viewer, (&row, &step), present)),
            other_modalities: other_modalities(viewer, &row, present),
            modality_form: FormView::default(),
            room_href: room_href(viewer, &row),
            move_href: move_href(viewer, &row, present),
            move_label: move_label(viewer),
            check_href: check_href(viewer, &row),
            doctor_devices: device_mark(held, devices.doctor.as_ref()),
            patient_devices: device_mark(held, devices.patient.as_ref()),
            messages_href: meets(viewer).then(|| format!("/appointments/{}/messages", row.id)),
            told_by_phone: told_by_phone(viewer, &row),
            waiting_since: row.arrived_at.map(moment),
            proposed: row.proposed_starts_at.map(moment),
            wish: wish_words(PageContext { viewer, present }, &row),
            next: next(&row, present, viewer.role()),
            mark: row.mark(viewer.role()),
            mark_href: row.absence_href(viewer.role(), present),
            free: Vec::new(),
            offers: acts(viewer, &row, present).into_iter().map(Offer::from).collect(),
            guests: guests.into_iter().map(|guest| LetIn::new(viewer, &guest)).collect(),
            documents_href: documents_href(viewer, &row, was_started),
            note: note_link(viewer, &row, note.as_ref()),
            specialization: row.doctor.specialization,
        }
    }
}

impl CorrectionOffer {
    fn new(viewer: &Viewer, (row, step): (&AppointmentRow, &RecordedStep), present: &Present) -> Option<Self> {
        if !row.patient.user.active {
            return None;
        }
        let needs_reason = correcting::terms(viewer, step, present)? == CorrectionTerms::WithReason;
        let asks = correcting::asked(viewer, step.kind);
        Some(Self { what: correcting::what(step.kind), asks, needs_reason, form: FormView::default() })
    }
}

/// The room is there from the day on which the visit is agreed until it is over.
fn room_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    (meets(viewer) && row.status.is_busy()).then(|| format!("/appointments/{}/room", row.id))
}

/// Where whoever works there moves it, if it can be, and its patient asks for that.
fn move_href(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Option<String> {
    if viewer.role() == Role::Patient {
        return wish_href(PageContext { viewer, present }, row);
    }
    let may = RescheduleAppointment::ROLES.contains(&viewer.role());
    let may = may && moving::may_be_moved(row.into(), present).is_ok();
    may.then(|| format!("/appointments/{}/rescheduling", row.id))
}

fn move_label(viewer: &Viewer) -> &'static str {
    if viewer.role() == Role::Patient { "Ask for another time" } else { "Move it to another time or doctor" }
}

/// Whether the viewer is one of the two who meet, of those who see a visit at all.
fn meets(viewer: &Viewer) -> bool {
    matches!(viewer.role(), Role::Doctor | Role::Patient)
}

/// How its doctor can hold it instead.
fn other_modalities(viewer: &Viewer, row: &AppointmentRow, present: &Present) -> Vec<ModalityChoice> {
    if viewer.role() != Role::Doctor {
        return Vec::new();
    }
    choices_of(&holding::alternatives((&Stage::of_row(row, viewer.zone()), row.modality), present))
}

/// Only an administrator sees those who practise no longer.
fn doctor_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    let may_see = row.doctor.user.active || viewer.role() == Role::HospitalAdmin;
    may_see.then(|| format!("/doctors/{}", row.doctor_id))
}

impl From<OfferedStep> for Offer {
    fn from(act: OfferedStep) -> Self {
        Self { act, form: FormView::default(), open: false }
    }
}

impl LetIn {
    fn new(viewer: &Viewer, guest: &GuestOfVisit) -> Self {
        let at = guest.admitted_at.map(|at| Moment::new(at, viewer.zone()));
        Self { who: guest_named(guest.name.as_deref(), guest.kind), at }
    }
}

/// The same as a page.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct StandingPage {
    title: String,
    standing: VisitStanding,
    /// Of the rest of the visit's page: see [`super::ShownRecord`].
    record_state: String,
}

impl StandingPage {
    pub(in crate::features::appointments) fn new(
        viewer: &Viewer,
        present: &Present,
        (record, record_state): (StandingRecord, String),
    ) -> Self {
        Self {
            title: format!("{}: where it stands", title(viewer, &record.row)),
            standing: VisitStanding::new(viewer, present, record),
            record_state,
        }
    }
}

impl Page for StandingPage {
    const TEMPLATE: &'static str = "appointments/standing.html";
    const IS_CLINICAL: bool = true;

    fn title(&self) -> String {
        self.title.clone()
    }
}
