//! One appointment.

use chrono::{DateTime, NaiveDate, Utc};
use entity::enums::{AppointmentStatus, Role};
use serde::Serialize;

use super::{
    history::{HistoryEntry, history},
    next::next,
    note_link::{NoteLink, documents_href, note_link},
};
use crate::{
    access::Viewer,
    features::{
        appointments::{
            appointment::{StatusTag, status_tag},
            devices::{DeviceMark, check_href, device_mark},
            guests::guest_named,
            policy::{OfferedStep, acts},
            queries::{About, AppointmentRow, BloodAndAllergies, GuestOfVisit, VisitRecord},
            service::holding,
            step::{Stage, Step},
        },
        modalities::{ModalityChoice, choices_of, modality_label},
        people::Banner,
        schedules::DayOfTimes,
    },
    web::{ClinicalPage, FormView, Moment, Present},
};

/// Somebody who was let into the call beside the two who meet.
#[derive(Debug, Serialize)]
struct LetIn {
    who: String,
    at: Option<Moment>,
}

/// Everything about one appointment.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct Show {
    title: String,
    id: i64,
    version: i32,
    patient: Banner,
    /// The patient's page, if the viewer may see it.
    patient_href: Option<String>,
    doctor: String,
    /// The doctor's page, if the viewer may see it.
    doctor_href: Option<String>,
    specialization: String,
    starts_at: Moment,
    ends_at: Moment,
    status: StatusTag,
    /// How it is held, and what that means.
    modality: &'static str,
    /// To its doctor: the other ways in which it can be held.
    other_modalities: Vec<ModalityChoice>,
    /// To the two who meet: where they do.
    room_href: Option<String>,
    /// To the two who meet by video: where they try camera and microphone.
    check_href: Option<String>,
    /// What each of them has found there.
    doctor_devices: Option<DeviceMark>,
    patient_devices: Option<DeviceMark>,
    /// To the two who meet: where they write to each other.
    messages_href: Option<String>,
    /// What was sent to change it and refused.
    modality_form: FormView,
    /// Since when the patient has been waiting.
    waiting_since: Option<Moment>,
    proposed: Option<Moment>,
    symptoms: Option<String>,
    rejection_reason: Option<String>,
    cancellation_reason: Option<String>,
    /// Why it may overlap others; told to staff.
    overbook_reason: Option<String>,
    next: &'static str,
    /// Why nobody can hold it as it is.
    mark: Option<&'static str>,
    /// Free times that the doctor can propose with one click, after another was refused.
    free: Vec<DayOfTimes>,
    /// What the viewer may do, each with its own form.
    offers: Vec<Offer>,
    guests: Vec<LetIn>,
    history: Vec<HistoryEntry>,
    /// Where its doctor issues documents, and its patient has theirs.
    documents_href: Option<String>,
    /// Where the note of the visit stands, if the viewer may know.
    note: Option<NoteLink>,
    /// What is wrong with the form that was sent; empty when none was.
    form: FormView,
    /// A reason that was typed into it, when there is no place for it on this page any more: so that it is not lost.
    typed: Option<String>,
}

/// Something the viewer may do.
#[derive(Debug, Serialize)]
struct Offer {
    act: OfferedStep,
    /// What was typed, if this is the form that was sent.
    form: FormView,
    /// Whether the question is open already: because its answer was refused.
    open: bool,
}

impl Show {
    pub(in crate::features::appointments) fn new(viewer: &Viewer, present: &Present, record: VisitRecord) -> Self {
        let moment = |instant: DateTime<Utc>| Moment::new(instant, viewer.zone());
        let VisitRecord { row, about, note, devices, guests, history: steps, calls } = record;
        let held = row.situation();
        Self {
            title: title(viewer, &row),
            id: row.id,
            version: row.version,
            patient: banner(&row, &about, present.date(viewer.zone())),
            patient_href: patient_href(viewer, &row),
            doctor: row.doctor_name(),
            doctor_href: doctor_href(viewer, &row),
            starts_at: moment(row.starts_at),
            ends_at: moment(row.ends_at),
            status: status_tag(row.status),
            modality: modality_label(row.modality),
            other_modalities: other_modalities(viewer, &row, present),
            room_href: room_href(viewer, &row),
            check_href: check_href(viewer, &row),
            doctor_devices: device_mark(held, devices.doctor.as_ref()),
            patient_devices: device_mark(held, devices.patient.as_ref()),
            messages_href: meets(viewer).then(|| format!("/appointments/{}/messages", row.id)),
            modality_form: FormView::default(),
            waiting_since: row.arrived_at.map(moment),
            proposed: row.proposed_starts_at.map(moment),
            overbook_reason: about.overbook_reason.filter(|_| viewer.role() != Role::Patient),
            next: next(&row, present, viewer.role()),
            mark: row.mark(viewer.role()),
            free: Vec::new(),
            documents_href: documents_href(viewer, &row, &steps),
            note: note_link(viewer, &row, note.as_ref()),
            offers: acts(viewer, &row, present).into_iter().map(Offer::from).collect(),
            form: FormView::default(),
            typed: None,
            guests: guests.into_iter().map(|guest| LetIn::new(viewer, &guest)).collect(),
            history: history(viewer, steps, &calls),
            specialization: row.doctor.specialization,
            symptoms: row.symptoms,
            rejection_reason: row.rejection_reason,
            cancellation_reason: row.cancellation_reason,
        }
    }
}

impl Show {
    /// The same page, with `form` sent for one of `steps` and refused: what is wrong on top, and what
    /// was typed where it was typed, if that is still to be done.
    pub(in crate::features::appointments) fn refusing(mut self, steps: &[Step], mut form: FormView) -> Self {
        let is_current = form.values.get("version").is_some_and(|seen| *seen == self.version.to_string());
        for offer in &mut self.offers {
            if is_current && steps == [Step::Approve] && offer.act.step == Step::Approve {
                offer.act.all_the_same();
            }
        }
        let asked = |offer: &&mut Offer| offer.act.question.is_some() && steps.contains(&offer.act.step);
        let offer = self.offers.iter_mut().find(asked);
        // The summary links to fields by their ids; what has no field on this page has no link.
        for entry in &mut form.summary {
            let id = offer.as_ref().and_then(|offer| offer.act.field_id(&entry.field));
            entry.field = id.unwrap_or_default().to_owned();
        }
        let why = form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        let is_kept = |act: &OfferedStep| why || act.step.needs_reason() || act.step.needs_time();
        if let Some(offer) = offer.filter(|offer| is_kept(&offer.act)) {
            offer.form = form.clone();
            offer.open = true;
        } else {
            self.typed = form.values.get("reason").filter(|reason| !reason.is_empty()).cloned();
        }
        self.form = form;
        self
    }
}

impl Show {
    /// The same with times that can be proposed instead.
    pub(in crate::features::appointments) fn offering(self, free: Vec<DayOfTimes>) -> Self {
        Self { free, ..self }
    }
}

impl Show {
    /// The same with another way to hold it that was sent and refused.
    pub(in crate::features::appointments) fn refusing_modality(mut self, mut form: FormView) -> Self {
        for entry in &mut form.summary {
            let id = match entry.field.as_str() {
                "modality" => "modality",
                "reason" => "reason-modality",
                _ => "",
            };
            entry.field = if self.other_modalities.is_empty() { String::new() } else { id.to_owned() };
        }
        if self.other_modalities.is_empty() {
            self.typed = form.values.get("reason").filter(|reason| !reason.is_empty()).cloned();
        }
        self.form = form.clone();
        self.modality_form = form;
        self
    }
}

/// The room is there from the day on which the visit is agreed until it is over.
fn room_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    (meets(viewer) && row.status.is_busy()).then(|| format!("/appointments/{}/room", row.id))
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

impl From<OfferedStep> for Offer {
    fn from(act: OfferedStep) -> Self {
        Self { act, form: FormView::default(), open: false }
    }
}

/// Whose record a page about that visit is about.
pub(crate) fn banner(row: &AppointmentRow, about: &About, today: NaiveDate) -> Banner {
    let BloodAndAllergies { blood_type, allergies } = &about.patient;
    Banner::new(row.patient_name(), (row.patient.user.date_of_birth, today), (*blood_type, allergies.clone()))
}

/// Whom the viewer meets.
fn title(viewer: &Viewer, row: &AppointmentRow) -> String {
    match viewer.role() {
        Role::Patient => format!("Visit with {}", row.doctor_name()),
        _ => format!("Visit of {}", row.patient_name()),
    }
}

/// Only an administrator sees those who practise no longer.
fn doctor_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    let may_see = row.doctor.user.active || viewer.role() == Role::HospitalAdmin;
    may_see.then(|| format!("/doctors/{}", row.doctor_id))
}

/// A doctor sees the patients they have to do with, and a request that was declined is no such thing.
fn patient_href(viewer: &Viewer, row: &AppointmentRow) -> Option<String> {
    let may_see = match viewer.role() {
        Role::HospitalAdmin => true,
        Role::Doctor => row.status != AppointmentStatus::Rejected,
        Role::Patient | Role::SuperAdmin => false,
    };
    may_see.then(|| format!("/patients/{}", row.patient_id))
}

impl LetIn {
    fn new(viewer: &Viewer, guest: &GuestOfVisit) -> Self {
        let at = guest.admitted_at.map(|at| Moment::new(at, viewer.zone()));
        Self { who: guest_named(guest.name.as_deref(), guest.kind), at }
    }
}

impl ClinicalPage for Show {
    const TEMPLATE: &'static str = "appointments/show.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
