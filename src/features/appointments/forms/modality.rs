//! Holding a visit in another way.

use entity::enums::Modality;

use super::{reason, version};
use crate::{
    features::modalities::parse_modality,
    web::{FormReader, FormView, forms::Fields},
};

/// Another way to hold a visit, and why.
#[derive(Clone, Debug)]
pub(in super::super) struct ModalityChange {
    /// The version of the appointment that they saw.
    pub(in super::super) version: i32,
    pub(in super::super) modality: Modality,
    pub(in super::super) reason: String,
}

/// The form by which the doctor holds the visit in another way. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(in super::super) fn modality_change(fields: Fields) -> Result<(ModalityChange, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = version(&reader);
    let modality = reader.parsed("modality", "How", parse_modality);
    let reason = reason(&reader);
    let typed = reader.view();
    let change = version.zip(modality).zip(reason);
    let change = change.map(|((version, modality), reason)| ModalityChange { version, modality, reason });
    reader.finish(change.map(|change| (change, typed)))
}
