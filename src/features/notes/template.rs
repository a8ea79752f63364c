//! What a note can be begun with: the one source for the choice and its texts.

use entity::enums::NoteTemplate;

use super::queries::NoteTexts;

/// All, in the order in which they are offered.
pub(super) const TEMPLATES: [NoteTemplate; 3] =
    [NoteTemplate::General, NoteTemplate::FollowUp, NoteTemplate::MedicationReview];

/// The value in addresses and forms, and what it is called.
pub(super) fn words(template: NoteTemplate) -> (&'static str, &'static str) {
    match template {
        NoteTemplate::General => ("general", "General visit"),
        NoteTemplate::FollowUp => ("follow_up", "Follow-up"),
        NoteTemplate::MedicationReview => ("medication_review", "Medication review"),
    }
}

/// The one whose value is `code`.
pub(super) fn from_code(code: &str) -> Option<NoteTemplate> {
    TEMPLATES.into_iter().find(|template| words(*template).0 == code)
}

/// What the fields hold at the beginning.
pub(super) fn texts(template: NoteTemplate) -> NoteTexts {
    let [subjective, objective, assessment, plan] = match template {
        NoteTemplate::General => [
            "Reason for the visit:\nSince when:\nWhat makes it better or worse:\nOther complaints:",
            "Appearance:\nMeasured at home (temperature, pulse, blood pressure):\nSeen on the picture:",
            "Most likely:\nTo be ruled out:",
            "Treatment:\nTests:\nCome back if:\nNext visit:",
        ],
        NoteTemplate::FollowUp => [
            "Since the last visit:\nTreatment taken as agreed:\nSide effects:",
            "Measured at home:\nResults since then:",
            "Course (better, the same, worse):",
            "Go on with:\nChange:\nNext visit:",
        ],
        NoteTemplate::MedicationReview => [
            "Medicines taken, with dose and time:\nMissed doses:\nBought without a prescription:\nSide effects:",
            "Measured at home:\nLaboratory:",
            "Each medicine still needed:\nInteractions, allergies:",
            "Go on with:\nStop:\nStart:\nNext review:",
        ],
    }
    .map(|text| Some(text.to_owned()));
    NoteTexts { subjective, objective, assessment, plan, summary: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_found_by_its_value() {
        for template in TEMPLATES {
            assert_eq!(from_code(words(template).0), Some(template));
        }
        assert_eq!(from_code("soap"), None);
    }
}
