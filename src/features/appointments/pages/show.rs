//! One appointment.

use chrono::NaiveDate;
use entity::enums::{AppointmentStatus, Role};
use serde::Serialize;

use super::{
    history::{HistoryEntry, history, refused_wish},
    standing::{Offer, VisitStanding},
};
use crate::{
    access::Viewer,
    features::{
        appointments::{
            offered::OfferedStep,
            queries::{About, AppointmentRow, VisitRecord},
            step::Step,
        },
        people::Banner,
        schedules::DayOfTimes,
    },
    web::{ClinicalPage, FormView, Present, RecordMarks},
};

/// Everything about one appointment.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct Show {
    /// Where it stands: what changes by itself.
    standing: VisitStanding,
    record: ShownRecord,
    /// The mark of that, as [`super::StandingPage`] tells it.
    record_state: String,
    /// Of the page that says where it stands now. Nothing on a page with a form that was refused: what was typed stands in the parts that would change.
    live_from: Option<String>,
    /// What is wrong with the form that was sent; empty when none was.
    form: FormView,
    /// A reason that was typed into it, when there is no place for it on this page any more: so that it is not lost.
    typed: Option<String>,
}

/// What that page shows of the record and nothing else does: it comes when it is asked for, and its mark tells when it is another.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct ShownRecord {
    title: String,
    patient: Banner,
    /// The patient's page, if the viewer may see it.
    patient_href: Option<String>,
    symptoms: Option<String>,
    rejection_reason: Option<String>,
    cancellation_reason: Option<String>,
    /// Why it may overlap others; told to staff.
    overbook_reason: Option<String>,
    /// To the patient, while the visit stands: that the time they asked for last was not given, and what was said of it.
    refused_wish: Option<HistoryEntry>,
    history: Vec<HistoryEntry>,
}

impl ShownRecord {
    pub(in crate::features::appointments) fn new(viewer: &Viewer, present: &Present, record: VisitRecord) -> Self {
        let VisitRecord { standing, about, history: steps, calls } = record;
        let row = standing.row;
        // However late it is: a page that is open would say at its beginning that something has changed.
        let stands = AppointmentStatus::AGREED.contains(&row.status);
        Self {
            title: title(viewer, &row),
            patient: banner(viewer, &row, &about, present.date(viewer.zone())).with_numbers(
                viewer,
                row.patient.phone.as_deref(),
                &about.patient,
            ),
            patient_href: patient_href(viewer, &row),
            overbook_reason: about.overbook_reason.filter(|_| viewer.role() != Role::Patient),
            symptoms: row.symptoms,
            rejection_reason: row.rejection_reason,
            cancellation_reason: row.cancellation_reason,
            refused_wish: refused_wish(viewer, &steps).filter(|_| stands),
            history: history(viewer, steps, &calls),
        }
    }
}

impl Show {
    pub(in crate::features::appointments) fn new(
        viewer: &Viewer,
        present: &Present,
        marks: &RecordMarks,
        record: VisitRecord,
    ) -> Self {
        let standing = VisitStanding::new(viewer, present, record.standing.clone());
        let live_from = Some(format!("/appointments/{}/standing", record.standing.row.id));
        let record = ShownRecord::new(viewer, present, record);
        let record_state = marks.of(&record);
        Self { standing, record, record_state, live_from, form: FormView::default(), typed: None }
    }
}

impl Show {
    /// The same page, with `form` sent for one of `steps` and refused: what is wrong on top, and what
    /// was typed where it was typed, if that is still to be done.
    pub(in crate::features::appointments) fn refusing(mut self, steps: &[Step], mut form: FormView) -> Self {
        let is_current = form.values.get("version").is_some_and(|seen| *seen == self.standing.version.to_string());
        for offer in &mut self.standing.offers {
            if is_current && steps == [Step::Approve] && offer.act.step == Step::Approve {
                offer.act.all_the_same();
            }
        }
        let asked = |offer: &&mut Offer| offer.act.question.is_some() && steps.contains(&offer.act.step);
        let offer = self.standing.offers.iter_mut().find(asked);
        // The summary links to fields by their ids; what has no field on this page has no link.
        for entry in &mut form.summary {
            let id = offer.as_ref().and_then(|offer| offer.act.field_id(&entry.field));
            entry.field = id.unwrap_or_default().to_owned();
        }
        let why = form.values.get("overbook_reason").is_some_and(|reason| !reason.is_empty());
        let takes_note = |act: &OfferedStep| act.field_id("note").is_some();
        let is_kept = |act: &OfferedStep| why || act.step.needs_reason() || takes_note(act);
        if let Some(offer) = offer.filter(|offer| is_kept(&offer.act)) {
            offer.form = form.clone();
            offer.open = true;
        } else {
            let typed = ["reason", "note"].iter().filter_map(|name| form.values.get(*name));
            self.typed = typed.into_iter().find(|text| !text.is_empty()).cloned();
        }
        self.form = form;
        self.live_from = None;
        self
    }
}

impl Show {
    /// The same with times that can be proposed instead.
    pub(in crate::features::appointments) fn offering(mut self, free: Vec<DayOfTimes>) -> Self {
        self.standing.free = free;
        self
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
            entry.field = if self.standing.other_modalities.is_empty() { String::new() } else { id.to_owned() };
        }
        if self.standing.other_modalities.is_empty() {
            self.typed = form.values.get("reason").filter(|reason| !reason.is_empty()).cloned();
        }
        self.form = form.clone();
        self.standing.modality_form = form;
        self.live_from = None;
        self
    }
}

impl Show {
    /// The same with something that was to be taken back, sent and refused.
    pub(in crate::features::appointments) fn refusing_correction(mut self, mut form: FormView) -> Self {
        // What may be taken back by now may be something else than what they saw.
        let is_as_seen = form.values.get("version").is_some_and(|seen| *seen == self.standing.version.to_string());
        let asks_why = form.summary.iter().any(|entry| entry.field == "reason");
        let place = self.standing.correction.as_mut().filter(|place| is_as_seen && (place.needs_reason || asks_why));
        for entry in &mut form.summary {
            entry.field = if entry.field == "reason" && place.is_some() { REASON_ID.to_owned() } else { String::new() };
        }
        match place {
            Some(place) => {
                place.needs_reason = true;
                place.form = form.clone();
            }
            None => self.typed = form.values.get("reason").filter(|reason| !reason.is_empty()).cloned(),
        }
        self.form = form;
        self.live_from = None;
        self
    }
}

/// The id of the field in which somebody says why something is taken back.
const REASON_ID: &str = "reason-correction";

/// Whose record a page about that visit is about.
pub(crate) fn banner(viewer: &Viewer, row: &AppointmentRow, about: &About, today: NaiveDate) -> Banner {
    Banner::new(viewer, row.patient_name(), (row.patient.user.date_of_birth, today), &about.patient)
}

/// Whom the viewer meets.
pub(super) fn title(viewer: &Viewer, row: &AppointmentRow) -> String {
    match viewer.role() {
        Role::Patient => format!("Visit with {}", row.doctor_name()),
        _ => format!("Visit of {}", row.patient_name()),
    }
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

impl ClinicalPage for Show {
    const TEMPLATE: &'static str = "appointments/show.html";

    fn title(&self) -> String {
        self.record.title.clone()
    }
}
