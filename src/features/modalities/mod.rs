//! The words for the ways in which a visit is held: the one source for forms, lists, pages and mails.
//!
//! Owns no table. Used by `notifications`, `hospitals`, `appointments`, `home`.

use entity::enums::{Modality, Role};
use serde::Serialize;

/// All of them, in the order in which forms offer them.
const MODALITIES: [Modality; 3] = [Modality::Video, Modality::Phone, Modality::InPerson];

/// One entry of a choice among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ModalityChoice {
    /// The value in forms.
    pub(crate) value: &'static str,
    /// What it is called.
    pub(crate) label: &'static str,
}

/// All that can be chosen.
pub(crate) fn modality_choices() -> Vec<ModalityChoice> {
    choices_of(&MODALITIES)
}

/// Those of `modalities`.
pub(crate) fn choices_of(modalities: &[Modality]) -> Vec<ModalityChoice> {
    modalities.iter().map(|it| ModalityChoice { value: modality_code(*it), label: modality_label(*it) }).collect()
}

/// The value in forms and in the trail.
pub(crate) fn modality_code(modality: Modality) -> &'static str {
    match modality {
        Modality::Video => "video",
        Modality::Phone => "phone",
        Modality::InPerson => "in_person",
    }
}

/// The one that a form means.
///
/// # Errors
/// The sentence beside the field.
pub(crate) fn parse_modality(code: &str) -> Result<Modality, String> {
    let known = MODALITIES.into_iter().find(|modality| modality_code(*modality) == code);
    known.ok_or_else(|| "Choose how the visit is held.".to_owned())
}

/// The word that stands beside a visit.
pub(crate) fn modality_label(modality: Modality) -> &'static str {
    match modality {
        Modality::Video => "Video",
        Modality::Phone => "Telephone",
        Modality::InPerson => "At the hospital",
    }
}

/// What it means for somebody of `role`, as a sentence of its own.
pub(crate) fn how_it_is_held(modality: Modality, role: Role) -> &'static str {
    match (modality, role) {
        (Modality::Video, Role::Patient) => {
            "It is a visit by video: be on its page at that time, there is no need to travel."
        }
        (Modality::Video, _) => "It is a visit by video.",
        (Modality::Phone, Role::Patient) => "It is a visit by telephone: the doctor calls you at that time.",
        (Modality::Phone, Role::Doctor) => "It is a visit by telephone: you call the patient.",
        (Modality::Phone, _) => "It is a visit by telephone.",
        (Modality::InPerson, _) => "It takes place at the hospital.",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_has_a_value_and_a_word_of_its_own_and_is_found_by_its_value() {
        let choices = modality_choices();
        assert_eq!(choices.iter().map(|choice| choice.label).collect::<HashSet<_>>().len(), MODALITIES.len());
        for modality in MODALITIES {
            assert_eq!(parse_modality(modality_code(modality)), Ok(modality));
        }
        assert!(parse_modality("carrier pigeon").is_err());
    }
}
