//! Tenants.

use entity::{
    enums::{Modality, SecondFactorRule},
    hospital,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, prelude::Decimal};
use telemedicine::time_zone::Tz;

use super::{super::TestApp, texts::Texts};

/// A hospital in the database.
#[derive(Clone, Debug)]
pub(crate) struct Hospital {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) zone: Tz,
    /// Every text of the record.
    pub(crate) texts: Vec<String>,
}

/// An active hospital in Kathmandu, with everything as a new hospital has it.
pub(crate) fn hospital() -> HospitalDraft {
    HospitalDraft {
        texts: Texts::new(),
        name: None,
        zone: "Asia/Kathmandu".parse().unwrap(),
        active: true,
        slot_minutes: 30,
        lead_hours: 24,
        second_factor: SecondFactorRule::Optional,
        modality: Modality::Video,
    }
}

#[must_use]
pub(crate) struct HospitalDraft {
    texts: Texts,
    name: Option<String>,
    zone: Tz,
    active: bool,
    slot_minutes: i32,
    lead_hours: i32,
    second_factor: SecondFactorRule,
    modality: Modality,
}

impl HospitalDraft {
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    pub(crate) fn in_zone(mut self, zone: Tz) -> Self {
        self.zone = zone;
        self
    }

    pub(crate) fn inactive(mut self) -> Self {
        self.active = false;
        self
    }

    /// How long a bookable slot is.
    pub(crate) fn with_slots_of(mut self, minutes: i32) -> Self {
        self.slot_minutes = minutes;
        self
    }

    /// How many hours ahead patients must book.
    pub(crate) fn booked_ahead_by(mut self, hours: i32) -> Self {
        self.lead_hours = hours;
        self
    }

    /// Whom it asks for a second factor.
    pub(crate) fn asking_for_a_factor(mut self, rule: SecondFactorRule) -> Self {
        self.second_factor = rule;
        self
    }

    /// How its visits are held when nobody says.
    pub(crate) fn usually_held(mut self, modality: Modality) -> Self {
        self.modality = modality;
        self
    }

    /// Puts `payload` into every text.
    pub(crate) fn saying(mut self, payload: &str) -> Self {
        self.texts.say(payload);
        self
    }

    pub(crate) async fn create(mut self, app: &TestApp) -> Hospital {
        let name = self.name.unwrap_or_else(|| self.texts.make("Hospital", 120));
        let model = hospital::ActiveModel {
            name: Set(name.clone()),
            name_key: Set(Some(telemedicine::text::search_key(&name))),
            address: Set(self.texts.make("Address", 255)),
            phone: Set(self.texts.phone()),
            email: Set(self.texts.email(true)),
            time_zone: Set(self.zone.name().to_owned()),
            currency: Set("NPR".to_owned()),
            appointment_fee: Set(Decimal::new(100_000, 2)),
            slot_minutes: Set(self.slot_minutes),
            booking_lead_hours: Set(self.lead_hours),
            second_factor: Set(self.second_factor),
            default_modality: Set(self.modality),
            active: Set(self.active),
            created_at: Set(app.now()),
            updated_at: Set(app.now()),
            ..Default::default()
        };
        let id = model.insert(&app.db).await.unwrap().id;
        Hospital { id, name, zone: self.zone, texts: self.texts.made }
    }
}
