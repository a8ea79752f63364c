//! Whose record it is.

use chrono::NaiveDate;
use entity::enums::{BloodType, Role};
use serde::Serialize;

use crate::{
    access::Viewer,
    features::accounts::{SaidParts, StatedFacts},
    web::{
        PhoneLink,
        moment::{age, date_in_words},
    },
};

/// Whose record it is, on every page about one patient: the data of the person banner.
#[derive(Debug, Serialize)]
pub(crate) struct Banner {
    name: String,
    date_of_birth: Option<String>,
    age: Option<u32>,
    blood_type: Option<&'static str>,
    /// Whose word it is, if it is the patient's, and what was recorded before.
    blood_type_said: Option<String>,
    blood_type_before: Option<&'static str>,
    allergies: Option<String>,
    allergies_said: Option<String>,
    allergies_before: Option<String>,
    /// To staff, on pages from which they call: the patient's own number.
    phone: Option<PhoneLink>,
    /// And whom to call for them.
    emergency: Option<EmergencyContact>,
}

/// Whom to call in an emergency.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct EmergencyContact {
    name: Option<String>,
    phone: Option<PhoneLink>,
}

impl EmergencyContact {
    /// As the record has it, if it has any.
    pub(crate) fn new(facts: &StatedFacts) -> Option<Self> {
        let (name, phone) = (facts.emergency_contact_name.clone(), facts.emergency_contact_phone.as_deref());
        (name.is_some() || phone.is_some()).then(|| Self { name, phone: phone.map(PhoneLink::new) })
    }
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
            phone: None,
            emergency: None,
        }
    }

    /// Whose record it is.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same with the numbers that staff call. What tells a page of it from what it was has to know when they change.
    pub(crate) fn with_numbers(mut self, viewer: &Viewer, phone: Option<&str>, facts: &StatedFacts) -> Self {
        if viewer.role() != Role::Patient {
            self.phone = phone.map(PhoneLink::new);
            self.emergency = EmergencyContact::new(facts);
        }
        self
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
