//! What patients say of themselves and staff say of them: blood type, allergies and whom to call, with the same bounds in both forms. Clinical text.
//!
//! What a patient has said is theirs until a clinician has confirmed it, and each of the three carries that mark by itself: whoever gives another
//! number to call puts nothing in doubt that was found in a laboratory, and an allergy that nobody has asked about is not taken for one that somebody
//! has. Beside blood type and allergies stands what was recorded before, until they are confirmed: a patient who takes an allergy back takes it from
//! nobody's sight. Whom to call in an emergency nobody knows better than they do.

use std::fmt;

use chrono::{DateTime, Utc};
use entity::{
    enums::{BloodType, Role},
    limits, patient,
};
use sea_orm::{ActiveEnum, DerivePartialModel, Iterable, Set};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::{
    access::Viewer,
    features::accounts::person::parse_phone,
    web::{FormReader, moment::date_in_words},
};

/// What both forms ask for.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RecordFacts {
    blood_type: Option<BloodType>,
    allergies: Option<String>,
    contact_name: Option<String>,
    contact_phone: Option<String>,
}

impl RecordFacts {
    /// The fields `blood_type`, `allergies`, `emergency_contact_name` and `emergency_contact_phone`, each of which may be left empty.
    pub(crate) fn read(reader: &FormReader) -> Self {
        let blood_type = reader.parsed_optional("blood_type", "Blood type", |code| {
            let known = BloodType::iter().find(|blood| blood.to_value() == code);
            known.ok_or_else(|| "Choose a blood type from the list, or leave it open.".to_owned())
        });
        Self {
            blood_type,
            allergies: reader.multiline("allergies", "Allergies", limits::ALLERGIES),
            contact_name: reader.optional("emergency_contact_name", "Name", limits::CONTACT_NAME),
            contact_phone: reader.parsed_optional("emergency_contact_phone", "Phone", parse_phone),
        }
    }

    /// As a form shows them.
    pub(crate) fn values(&self) -> [(&'static str, String); 4] {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            ("blood_type", self.blood_type.map(|blood| blood.to_value()).unwrap_or_default()),
            ("allergies", text(&self.allergies)),
            ("emergency_contact_name", text(&self.contact_name)),
            ("emergency_contact_phone", text(&self.contact_phone)),
        ]
    }

    /// As they are stored.
    pub(crate) fn row(&self) -> patient::ActiveModel {
        patient::ActiveModel {
            blood_type: Set(self.blood_type),
            allergies: Set(self.allergies.clone()),
            emergency_contact_name: Set(self.contact_name.clone()),
            emergency_contact_phone: Set(self.contact_phone.clone()),
            ..patient::ActiveModel::default()
        }
    }
}

/// Without a word of the patient that nobody has confirmed.
fn settled() -> patient::ActiveModel {
    patient::ActiveModel {
        blood_type_said_at: Set(None),
        blood_type_before: Set(None),
        allergies_said_at: Set(None),
        allergies_before: Set(None),
        emergency_contact_said_at: Set(None),
        ..patient::ActiveModel::default()
    }
}

/// A few characters by which a form tells one state of a record from another.
pub(crate) fn short_digest(text: &str) -> String {
    Sha256::digest(text).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

/// A blood type in a select.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BloodOption {
    value: String,
    label: String,
}

/// All that can be chosen.
pub(crate) fn blood_types() -> Vec<BloodOption> {
    BloodType::iter().map(|blood| BloodOption { value: blood.to_value(), label: blood.to_value() }).collect()
}

/// What a record says, and which of it is the patient's own word.
#[derive(Clone, Default, DerivePartialModel)]
#[sea_orm(entity = "patient::Entity")]
pub(crate) struct StatedFacts {
    /// When known.
    pub(crate) blood_type: Option<BloodType>,
    blood_type_said_at: Option<DateTime<Utc>>,
    /// What was recorded before the patient said something else.
    pub(crate) blood_type_before: Option<BloodType>,
    /// When there is something to say.
    pub(crate) allergies: Option<String>,
    allergies_said_at: Option<DateTime<Utc>>,
    /// What was recorded before the patient said something else.
    pub(crate) allergies_before: Option<String>,
    /// Whom to call in an emergency.
    pub(crate) emergency_contact_name: Option<String>,
    /// On which number.
    pub(crate) emergency_contact_phone: Option<String>,
    emergency_contact_said_at: Option<DateTime<Utc>>,
}

/// Since when a part of a record is the patient's word, in words; none of what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SaidParts {
    pub(crate) blood_type: Option<String>,
    pub(crate) allergies: Option<String>,
    pub(crate) contact: Option<String>,
}

impl StatedFacts {
    /// As it stands in the row.
    pub(crate) fn of(row: &patient::Model) -> Self {
        Self {
            blood_type: row.blood_type,
            blood_type_said_at: row.blood_type_said_at,
            blood_type_before: row.blood_type_before,
            allergies: row.allergies.clone(),
            allergies_said_at: row.allergies_said_at,
            allergies_before: row.allergies_before.clone(),
            emergency_contact_name: row.emergency_contact_name.clone(),
            emergency_contact_phone: row.emergency_contact_phone.clone(),
            emergency_contact_said_at: row.emergency_contact_said_at,
        }
    }

    /// What it says, whoever said it.
    pub(crate) fn facts(&self) -> RecordFacts {
        RecordFacts {
            blood_type: self.blood_type,
            allergies: self.allergies.clone(),
            contact_name: self.emergency_contact_name.clone(),
            contact_phone: self.emergency_contact_phone.clone(),
        }
    }

    /// What stands beside blood type and allergies while they are the patient's word: whoever reads the one reads the other.
    pub(crate) fn befores(&self) -> [Option<String>; 2] {
        let blood_type = self.blood_type_before.filter(|_| self.blood_type_said_at.is_some());
        [
            blood_type.map(|blood| blood.to_value()),
            self.allergies_before.clone().filter(|_| self.allergies_said_at.is_some()),
        ]
    }

    /// By what a confirmation tells what was seen: what the record says, and what stood beside it.
    pub(crate) fn seen(&self) -> String {
        format!("{}.{}", self.digest(), short_digest(&format!("{:?}", self.befores())))
    }

    /// Whether nothing else is confirmed than what was `seen`. When nothing is left to confirm, a confirmation that is sent again asks for what is
    /// done: what stood beside it went with the first.
    pub(crate) fn is_as_seen(&self, seen: &str) -> bool {
        let is_done = self.confirmed().is_none();
        seen == self.seen() || (is_done && seen.split('.').next() == Some(self.digest().as_str()))
    }

    fn digest(&self) -> String {
        short_digest(&format!("{:?}", self.facts().values()))
    }

    /// What of it is the patient's word, as `viewer` reads it: on the day that the clock of their hospital showed.
    pub(crate) fn said(&self, viewer: &Viewer) -> SaidParts {
        let who = if viewer.role() == Role::Patient { "you" } else { "the patient" };
        let words = |at: Option<DateTime<Utc>>| {
            let date = at.map(|at| date_in_words(at.with_timezone(&viewer.zone()).date_naive()));
            date.map(|date| format!("said by {who} on {date}"))
        };
        SaidParts {
            blood_type: words(self.blood_type_said_at),
            allergies: words(self.allergies_said_at),
            contact: words(self.emergency_contact_said_at),
        }
    }

    /// What a confirmation changes, and the names of the columns; nothing where there is nothing to confirm.
    pub(crate) fn confirmed(&self) -> Option<(patient::ActiveModel, Vec<&'static str>)> {
        let marks = [
            ("blood_type_said_at", self.blood_type_said_at),
            ("allergies_said_at", self.allergies_said_at),
            ("emergency_contact_said_at", self.emergency_contact_said_at),
        ];
        let names: Vec<_> = marks.into_iter().filter(|(_, at)| at.is_some()).map(|(name, _)| name).collect();
        (!names.is_empty()).then(|| (settled(), names))
    }

    /// What it changes that staff have `typed` it into their form. What they put right is theirs from then on; a part that they left as it was stays
    /// the patient's word, for they may have come for something else.
    pub(crate) fn by_staff(&self, typed: &RecordFacts) -> patient::ActiveModel {
        let (old, mut row) = (self.facts(), typed.row());
        if old.blood_type != typed.blood_type {
            (row.blood_type_said_at, row.blood_type_before) = (Set(None), Set(None));
        }
        if old.allergies != typed.allergies {
            (row.allergies_said_at, row.allergies_before) = (Set(None), Set(None));
        }
        if (old.contact_name, old.contact_phone) != (typed.contact_name.clone(), typed.contact_phone.clone()) {
            row.emergency_contact_said_at = Set(None);
        }
        row
    }

    /// What it changes that the patient says `said` at the instant `now`, and the names of the columns that say something else then.
    pub(crate) fn saying(&self, said: &RecordFacts, now: DateTime<Utc>) -> (patient::ActiveModel, Vec<&'static str>) {
        let mut row = patient::ActiveModel::default();
        let (old, new) = (self.facts().values(), said.values());
        let names = old.iter().zip(&new).filter(|(old, new)| old != new).map(|(old, _)| old.0).collect::<Vec<_>>();
        if self.blood_type != said.blood_type {
            let word = Word { now: self.blood_type, said_at: self.blood_type_said_at, before: self.blood_type_before };
            let word = word.followed_by(said.blood_type, now);
            row.blood_type = Set(word.now);
            (row.blood_type_said_at, row.blood_type_before) = (Set(word.said_at), Set(word.before));
        }
        if self.allergies != said.allergies {
            let (now_said, before) = (self.allergies.clone(), self.allergies_before.clone());
            let word = Word { now: now_said, said_at: self.allergies_said_at, before };
            let word = word.followed_by(said.allergies.clone(), now);
            row.allergies = Set(word.now);
            (row.allergies_said_at, row.allergies_before) = (Set(word.said_at), Set(word.before));
        }
        if names.iter().any(|name| name.starts_with("emergency_contact")) {
            row.emergency_contact_name = Set(said.contact_name.clone());
            row.emergency_contact_phone = Set(said.contact_phone.clone());
            row.emergency_contact_said_at = Set(Some(now));
        }
        (row, names)
    }
}

/// What stands in one place, and whose word it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word<T> {
    now: Option<T>,
    /// Since when it is the patient's; none of what is confirmed.
    said_at: Option<DateTime<Utc>>,
    /// What was confirmed before it.
    before: Option<T>,
}

impl<T> Word<T> {
    /// The same after the patient has said something else. It stays marked also when they say again what was confirmed last: somebody may have read
    /// what they said in between, and has to ask.
    fn followed_by(self, said: Option<T>, at: DateTime<Utc>) -> Self {
        let confirmed = if self.said_at.is_some() { self.before } else { self.now };
        Self { now: said, said_at: Some(at), before: confirmed }
    }
}

impl fmt::Debug for RecordFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecordFacts")
    }
}

impl fmt::Debug for StatedFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatedFacts")
    }
}

#[cfg(test)]
mod tests;
