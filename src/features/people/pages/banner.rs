//! Whose record it is.

use chrono::NaiveDate;
use entity::enums::BloodType;
use serde::Serialize;

use crate::web::moment::{age, date_in_words};

/// Whose record it is, on every page about one patient: the data of the person banner.
#[derive(Debug, Serialize)]
pub(crate) struct Banner {
    pub(super) name: String,
    date_of_birth: Option<String>,
    age: Option<u32>,
    blood_type: Option<&'static str>,
    allergies: Option<String>,
}

impl Banner {
    /// The banner of the patient called `name`, who was born on the first date and is as old as the
    /// second, today's, says; with what is known of blood type and allergies.
    pub(crate) fn new(
        name: String,
        (birth, today): (Option<NaiveDate>, NaiveDate),
        (blood, allergies): (Option<BloodType>, Option<String>),
    ) -> Self {
        Self {
            name,
            date_of_birth: birth.map(date_in_words),
            age: birth.map(|birth| age(birth, today)),
            blood_type: blood.map(blood_type),
            allergies,
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
