//! The documents of a visit, and the form that issues one.

use serde::Serialize;

use super::DocumentEntry;
use crate::{
    access::Viewer,
    features::{
        appointments::AppointmentRow,
        documents::{
            document::{KindChoice, kind_choices},
            queries::{DocumentRow, has_begun},
        },
    },
    web::{ClinicalPage, FormView, Moment, moment::date_in_words},
};

/// What a doctor issues in a visit.
#[derive(Debug, Serialize)]
pub(in crate::features::documents) struct IssuingPage {
    /// `appointment.id`
    id: i64,
    /// Of the page that says what is issued now. The form stays as it is, whatever becomes of the visit: what is typed into it is shown again if it is too late.
    live_from: String,
    patient_id: i64,
    patient: String,
    born: Option<String>,
    starts_at: Moment,
    rows: Vec<DocumentEntry>,
    kinds: Vec<KindChoice>,
    /// Whether something can be issued.
    has_begun: bool,
    /// The form's own, so that sent twice it issues one document.
    token: String,
    form: FormView,
}

impl IssuingPage {
    pub(in crate::features::documents) fn new(
        viewer: &Viewer,
        (visit, documents): (&AppointmentRow, &[DocumentRow]),
        form: FormView,
    ) -> Self {
        let sent = form.values.get("token").filter(|token| !token.is_empty()).cloned();
        Self {
            id: visit.id,
            live_from: format!("/appointments/{}/documents/now", visit.id),
            patient_id: visit.patient_id,
            patient: visit.patient_name(),
            born: visit.patient.user.date_of_birth.map(date_in_words),
            starts_at: Moment::new(visit.starts_at, viewer.zone()),
            rows: documents.iter().map(|row| DocumentEntry::new(viewer, row)).collect(),
            kinds: kind_choices(),
            has_begun: has_begun(visit.status),
            token: sent.unwrap_or_else(|| format!("{:032x}", rand::random::<u128>())),
            form,
        }
    }
}

impl ClinicalPage for IssuingPage {
    const TEMPLATE: &'static str = "documents/of_visit.html";

    fn title(&self) -> String {
        format!("Documents of {}", self.patient)
    }
}
