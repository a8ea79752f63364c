//! One appointment.

use chrono::{DateTime, NaiveDate, Utc};
use entity::enums::{AppointmentStatus, NoteState, Role};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::{
        appointments::{
            appointment::{StatusTag, event_words, status_tag, what_comes_next},
            policy::{OfferedStep, acts},
            queries::{About, AppointmentRow, BloodAndAllergies, EventRow, NoteOfVisit, VisitRecord},
            step::Step,
        },
        people::Banner,
        schedules::DayOfTimes,
    },
    web::{ClinicalPage, FormView, Moment, Present},
};

/// One step of the history, in words.
#[derive(Debug, Serialize)]
struct HistoryEntry {
    text: String,
    note: Option<String>,
    at: Moment,
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
    history: Vec<HistoryEntry>,
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
        let zone = viewer.zone();
        let moment = |instant: DateTime<Utc>| Moment::new(instant, zone);
        let VisitRecord { row, about, note, history } = record;
        Self {
            title: title(viewer, &row),
            id: row.id,
            version: row.version,
            patient: banner(&row, &about, present.date(zone)),
            patient_href: patient_href(viewer, &row),
            doctor: row.doctor_name(),
            doctor_href: doctor_href(viewer, &row),
            starts_at: moment(row.starts_at),
            ends_at: moment(row.ends_at),
            status: status_tag(row.status),
            waiting_since: row.arrived_at.map(moment),
            proposed: row.proposed_starts_at.map(moment),
            overbook_reason: about.overbook_reason.filter(|_| viewer.role() != Role::Patient),
            next: row.lacks_doctor(viewer.role()).map_or_else(
                || what_comes_next(row.status, present.has_come(row.ends_at), viewer.role()),
                |_| without_doctor(&row, viewer.role()),
            ),
            mark: row.lacks_doctor(viewer.role()),
            free: Vec::new(),
            note: note_link(viewer, &row, note.as_ref()),
            offers: acts(viewer, &row, present).into_iter().map(Offer::from).collect(),
            form: FormView::default(),
            typed: None,
            history: history.into_iter().map(|event| HistoryEntry::new(viewer, event)).collect(),
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

/// What comes next for an open visit whose doctor is not there.
fn without_doctor(row: &AppointmentRow, role: Role) -> &'static str {
    match (row.doctor.user.active, role) {
        (false, Role::Patient) => {
            "The doctor does not practise here any more, so the visit cannot take place as planned. Call the hospital for another doctor, or cancel it."
        }
        (false, _) => {
            "The doctor does not practise here any more. Cancel the visit and book it with somebody else; if it has taken place, record what came of it."
        }
        (true, Role::Patient) => {
            "The doctor is away at that time, so the visit cannot take place as planned. Call the hospital for another time, or cancel it."
        }
        (true, Role::Doctor) => "You are away at that time. Cancel the visit, or ask the desk to book another time.",
        (true, _) => "The doctor is away at that time. Cancel the visit and book another time, or another doctor.",
    }
}

/// A way to the note of the visit.
#[derive(Debug, Serialize)]
struct NoteLink {
    /// Where it stands, said to the viewer.
    text: &'static str,
    signed_at: Option<Moment>,
    href: String,
    label: &'static str,
}

/// Its doctor writes it, its patient reads it once it is signed; nobody else is told that there is one.
fn note_link(viewer: &Viewer, row: &AppointmentRow, note: Option<&NoteOfVisit>) -> Option<NoteLink> {
    use AppointmentStatus::{Completed, InProgress, NoShow};
    let signed = note.filter(|note| note.state == NoteState::Signed);
    let (text, page, label) = match (viewer.role(), note, signed) {
        (Role::Patient, _, Some(note)) if note.is_kept_from_patient => {
            ("The doctor has signed a note that is not shown to you.", "summary", "More about that")
        }
        (Role::Patient, _, Some(_)) => {
            ("The doctor has written down what was found and what to do.", "summary", "Read it")
        }
        (Role::Doctor, _, Some(_)) => ("You have signed the note.", "note", "Open the note"),
        (Role::Doctor, Some(_), None) => {
            ("The note is a draft. Sign it when it is right.", "note", "Go on with the note")
        }
        (Role::Doctor, None, _) if matches!(row.status, InProgress | Completed | NoShow) => {
            ("There is no note yet.", "note", "Write the note")
        }
        _ => return None,
    };
    Some(NoteLink {
        text,
        signed_at: signed.and_then(|note| note.signed_at).map(|at| Moment::new(at, viewer.zone())),
        href: format!("/appointments/{}/{page}", row.id),
        label,
    })
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

impl HistoryEntry {
    fn new(viewer: &Viewer, event: EventRow) -> Self {
        let name = format!("{} {}", event.actor.first_name, event.actor.last_name);
        let who = match event.actor.role {
            _ if event.actor.id == viewer.user_id => "You".to_owned(),
            Role::Doctor => format!("Dr {name}"),
            _ => name,
        };
        Self {
            text: format!("{who} {}", event_words(event.kind)),
            note: event.note,
            at: Moment::new(event.at, viewer.zone()),
        }
    }
}

impl ClinicalPage for Show {
    const TEMPLATE: &'static str = "appointments/show.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
