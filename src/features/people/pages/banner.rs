//! Whose record it is.

use chrono::NaiveDate;
use entity::enums::BloodType;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::accounts::{SaidParts, StatedFacts},
    web::moment::{age, date_in_words},
};

/// Whose record it is, on every page about one patient: the data of the person banner.
#[derive(Debug, Serialize)]
pub(crate) struct Banner {
    pub(super) name: String,
    date_of_birth: Option<String>,
    age: Option<u32>,
    blood_type: Option<&'static str>,
    /// Whose word it is, if it is the patient's, and what was recorded before.
    blood_type_said: Option<String>,
    blood_type_before: Option<&'static str>,
    allergies: Option<String>,
    allergies_said: Option<String>,
    allergies_before: Option<String>,
}

impl Banner {
    /// The banner of the patient called `name`, who was born on the first date and is as old as the
    /// second, today's, says; with what is known of blood type and allergies, as `viewer` reads it.
    pub(crate) fn new(
        viewer: &Viewer,
        name: String,
        (birth, today): (Option<NaiveDate>, NaiveDate),
        facts: &StatedFacts,
    ) -> Self {
        let SaidParts { blood_type: blood_type_said, allergies: allergies_said, .. } = facts.said(viewer);
        Self {
            name,
            date_of_birth: birth.map(date_in_words),
            age: birth.map(|birth| age(birth, today)),
            blood_type: facts.blood_type.map(blood_type),
            blood_type_said,
            blood_type_before: facts.blood_type_before.map(blood_type),
            allergies: facts.allergies.clone(),
            allergies_said,
            allergies_before: facts.allergies_before.clone(),
        }
    }
}

/// A blood type as it is written everywhere.
fn blood_type(blood: BloodType) -> &'static str {
    match blood {
        BloodType::APositive => "A+",
        BloodType::ANegative => "A−",
        BloodType::BPositive => "B+",
        BloodType::BNegative => "B−",
        BloodType::AbPositive => "AB+",
        BloodType::AbNegative => "AB−",
        BloodType::OPositive => "O+",
        BloodType::ONegative => "O−",
    }
}
