//! The page that adds somebody who is here without a visit.

use entity::enums::{Modality, Role};
use serde::Serialize;

use super::new::{PartyChoice, choosing_who_is_found, doctors};
use crate::{
    access::Viewer,
    features::{
        appointments::{
            forms::BookingDraft,
            queries::{OFFERED, Parties},
        },
        modalities::{ModalityChoice, modality_choices, modality_code},
    },
    web::{ClinicalPage, FormView},
};

/// Choose who is here, and who is to see them.
#[derive(Debug, Serialize)]
pub(in crate::features::appointments) struct WalkInForm {
    form: FormView,
    /// Empty to a doctor, who sees them themselves. The first is whoever is free.
    doctors: Vec<PartyChoice>,
    patients: Vec<PartyChoice>,
    /// Who it is, if that was chosen before.
    patient: Option<PartyChoice>,
    /// Whether there may be patients beyond those.
    has_more_patients: bool,
    search: String,
    /// To the desk: where somebody new is added.
    newcomer_href: Option<&'static str>,
    modalities: Vec<ModalityChoice>,
    usual_modality: &'static str,
    /// What tells this form from the next.
    token: String,
}

impl WalkInForm {
    /// The page of `draft` among `parties`.
    pub(in crate::features::appointments) fn new(viewer: &Viewer, draft: BookingDraft, parties: &Parties) -> Self {
        let draft = choosing_who_is_found(draft, parties);
        let chosen = parties.patients.iter().find(|patient| Some(patient.id) == draft.patient_id);
        Self {
            doctors: if viewer.role() == Role::Doctor { Vec::new() } else { doctors(&parties.doctors) },
            patients: parties.patients.iter().map(PartyChoice::patient).collect(),
            patient: chosen.map(PartyChoice::patient),
            has_more_patients: parties.patients.len() as u64 >= OFFERED,
            search: draft.search,
            newcomer_href: (viewer.role() == Role::HospitalAdmin).then_some("/patients/new"),
            modalities: modality_choices(),
            // Whoever is here is here.
            usual_modality: modality_code(Modality::InPerson),
            token: format!("{:032x}", rand::random::<u128>()),
            form: draft.form,
        }
    }

    /// The same with the token of the form that was sent.
    pub(in crate::features::appointments) fn with_token(mut self, token: Option<String>) -> Self {
        self.token = token.unwrap_or(self.token);
        self
    }
}

impl ClinicalPage for WalkInForm {
    const TEMPLATE: &'static str = "appointments/walk_in.html";

    fn title(&self) -> String {
        "Add a walk-in".to_owned()
    }
}
