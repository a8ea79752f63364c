//! A document as it is printed.

use entity::enums::{DocumentKind, Role};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::documents::{document::kind_words, queries::DocumentRecord},
    web::{ClinicalPage, FormView, Moment, RecordMarks, moment::date_in_words},
};

/// A document, for its doctor and its patient.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct Paper {
    /// Of the page that says whether it counts. Nothing on a page with a form that was refused: what was typed would make way.
    live_from: Option<String>,
    /// The mark of what is shown of it, as [`super::PaperNow`] tells it.
    record_state: String,
    shown: ShownDocument,
    form: FormView,
}

/// What is shown of it.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct ShownDocument {
    title: String,
    id: i64,
    /// Where one came from.
    back: String,
    back_label: &'static str,
    hospital: Option<String>,
    patient: String,
    born: Option<String>,
    visit_at: Moment,
    issuer: String,
    /// Of a prescription: the doctor's licence number.
    license: Option<String>,
    issued_at: Moment,
    body: String,
    /// Since when it counts no more, and why.
    revoked_at: Option<Moment>,
    revoked_reason: Option<String>,
    version: i32,
    /// Whether the viewer may revoke it.
    can_revoke: bool,
}

impl Paper {
    pub(in crate::features::documents) fn new(viewer: &Viewer, marks: &RecordMarks, record: DocumentRecord) -> Self {
        let shown = ShownDocument::new(viewer, record);
        Self {
            live_from: Some(format!("/documents/{}/now", shown.id)),
            record_state: marks.of(&shown),
            shown,
            form: FormView::default(),
        }
    }

    /// The same with a revocation that was refused.
    pub(in crate::features::documents) fn refusing(self, form: FormView) -> Self {
        Self { form, live_from: None, ..self }
    }
}

impl ShownDocument {
    pub(in crate::features::documents) fn new(viewer: &Viewer, record: DocumentRecord) -> Self {
        let zone = viewer.zone();
        let (patient, born) = record.patient();
        let DocumentRecord { document, text, head, visit } = record;
        let issuer = head.doctor_name.unwrap_or_else(|| document.issuer.name());
        let field = head.doctor_field.as_ref().unwrap_or(&visit.doctor.specialization);
        let is_doctor = viewer.role() == Role::Doctor;
        Self {
            title: format!("{} No. {}", kind_words(document.kind).1, document.number),
            id: document.id,
            back: if is_doctor { format!("/appointments/{}/documents", visit.id) } else { "/documents".to_owned() },
            back_label: if is_doctor { "Documents of the visit" } else { "Your documents" },
            hospital: head.hospital_name.or_else(|| viewer.hospital().map(|hospital| hospital.name.clone())),
            patient,
            born: born.map(date_in_words),
            visit_at: Moment::new(visit.starts_at, zone),
            issuer: format!("{issuer}, {field}"),
            license: head.doctor_license.filter(|_| document.kind == DocumentKind::Prescription),
            issued_at: Moment::new(document.issued_at, zone),
            body: text.body,
            revoked_at: document.revoked_at.map(|at| Moment::new(at, zone)),
            revoked_reason: text.revoked_reason,
            version: text.version,
            can_revoke: is_doctor && document.revoked_at.is_none(),
        }
    }
}

impl ClinicalPage for Paper {
    const TEMPLATE: &'static str = "documents/paper.html";

    fn title(&self) -> String {
        self.shown.title.clone()
    }
}
