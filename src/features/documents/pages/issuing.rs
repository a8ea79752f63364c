//! The documents of a visit, and the form that issues one.

use serde::Serialize;

use super::{DocumentEntry, VisitOfPage};
use crate::{
    access::Viewer,
    features::{
        appointments::AppointmentRow,
        documents::{
            document::{KindChoice, kind_choices},
            queries::DocumentRow,
        },
    },
    web::{ClinicalPage, FormView, RecordMarks},
};

/// What a doctor issues in a visit.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct IssuingPage {
    /// `appointment.id`
    id: i64,
    /// Of the page that says what is issued now. Nothing on a page with a form that was refused: what was typed would make way.
    live_from: Option<String>,
    /// The mark of `visit`, as [`super::Issued`] tells it.
    record_state: String,
    patient_id: i64,
    visit: VisitOfPage,
    rows: Vec<DocumentEntry>,
    kinds: Vec<KindChoice>,
    /// The form's own, so that sent twice it issues one document.
    token: String,
    form: FormView,
}

impl IssuingPage {
    pub(in crate::features::documents) fn new(
        viewer: &Viewer,
        marks: &RecordMarks,
        (visit, documents): (&AppointmentRow, &[DocumentRow]),
        form: FormView,
    ) -> Self {
        let sent = form.values.get("token").filter(|token| !token.is_empty()).cloned();
        let shown = VisitOfPage::new(viewer, visit);
        Self {
            id: visit.id,
            live_from: form.values.is_empty().then(|| format!("/appointments/{}/documents/now", visit.id)),
            record_state: marks.of(&shown),
            patient_id: visit.patient_id,
            visit: shown,
            rows: documents.iter().map(|row| DocumentEntry::new(viewer, row)).collect(),
            kinds: kind_choices(),
            token: sent.unwrap_or_else(|| format!("{:032x}", rand::random::<u128>())),
            form,
        }
    }
}

impl ClinicalPage for IssuingPage {
    const TEMPLATE: &'static str = "documents/of_visit.html";

    fn title(&self) -> String {
        format!("Documents of {}", self.visit.patient)
    }
}
