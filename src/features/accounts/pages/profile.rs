//! What a person sees and may change of themselves.

use chrono::{DateTime, Utc};
use entity::enums::Role;
use serde::Serialize;

use super::super::{
    passwords::MIN_CHARACTERS,
    queries::Profile,
    service::facts::{BloodOption, SaidParts, StatedFacts, blood_types},
};
use crate::{
    access::{Viewer, role_label},
    features::{
        mail::{self, MailOption},
        notifications::capitalised,
    },
    web::{ClinicalPage, FormView},
};

/// What a person sees and may change of themselves.
#[derive(Debug, Serialize)]
pub(in super::super) struct ProfilePage {
    form: FormView,
    version: String,
    password_form: FormView,
    address_form: FormView,
    email: String,
    /// The address that waits to be confirmed.
    waiting: Option<String>,
    /// Whether nobody has shown yet that the address is theirs.
    is_unproved: bool,
    sends_mail: bool,
    role: &'static str,
    hospital: Option<String>,
    needs_date_of_birth: bool,
    min_characters: usize,
    has_calendar: bool,
    /// Where a patient takes away everything about themselves.
    export: Option<&'static str>,
    /// Of a patient: what they can say of themselves.
    record: Option<RecordPart>,
    /// Which mail about visits they can choose; none who get no such mail.
    mails: &'static [MailOption],
}

/// What a patient's record says, with whose word it is.
#[derive(Debug, Serialize)]
struct RecordPart {
    blood_types: Vec<BloodOption>,
    blood_type: Option<String>,
    allergies: Option<String>,
    contact: Option<String>,
}

impl RecordPart {
    /// Beside fields that hold what `is_typed`, nothing is vouched for but what is stored.
    fn new(viewer: &Viewer, facts: &StatedFacts, is_typed: bool) -> Self {
        let SaidParts { blood_type, allergies, contact } = facts.said(viewer);
        let has_contact = facts.emergency_contact_name.is_some() || facts.emergency_contact_phone.is_some();
        let [blood_before, allergies_before] = facts.befores();
        let whose_word = if is_typed { beside_typed } else { beside_stored };
        Self {
            blood_types: blood_types(),
            blood_type: whose_word(facts.blood_type.is_some(), blood_type, blood_before),
            allergies: whose_word(facts.allergies.is_some(), allergies, allergies_before),
            contact: whose_word(has_contact, contact, None),
        }
    }
}

/// What is to be known of a field, if it `is_there` or the patient has `said` that it is not.
fn beside_stored(is_there: bool, said: Option<String>, before: Option<String>) -> Option<String> {
    match said {
        Some(said) => Some(format!("{}, not confirmed by your hospital yet.{}", capitalised(&said), recorded(before))),
        None => is_there.then(|| "Confirmed by your hospital.".to_owned()),
    }
}

/// The same beside what was typed: nobody has confirmed that, and it was said on no day.
fn beside_typed(_: bool, said: Option<String>, before: Option<String>) -> Option<String> {
    said.map(|said| format!("What is stored was {said}.{}", recorded(before)))
}

fn recorded(before: Option<String>) -> String {
    before.map(|before| format!(" Your hospital had recorded: {before}")).unwrap_or_default()
}

impl ProfilePage {
    /// The page with all forms as they are stored.
    pub(in super::super) fn new(viewer: &Viewer, profile: &Profile, now: DateTime<Utc>) -> Self {
        Self {
            form: FormView::filled(profile.values()),
            version: profile.version(),
            password_form: FormView::default(),
            address_form: FormView::default(),
            email: profile.email.clone(),
            waiting: profile.waiting(now).map(ToOwned::to_owned),
            is_unproved: profile.address_unproved_since.is_some(),
            sends_mail: false,
            role: role_label(profile.role),
            hospital: viewer.hospital().map(|hospital| hospital.name.clone()),
            needs_date_of_birth: profile.needs_date_of_birth(),
            min_characters: MIN_CHARACTERS,
            has_calendar: matches!(profile.role, Role::Doctor | Role::Patient),
            export: (profile.role == Role::Patient).then_some("/profile/export.json"),
            record: profile.is_of_patient().then(|| RecordPart::new(viewer, &profile.facts, false)),
            mails: mail::choices(profile.role),
        }
    }

    /// The same with the profile form as it was typed, made from what it was made from: whoever mends a field has not seen what somebody else has
    /// stored since.
    pub(in super::super) fn with_form(self, viewer: &Viewer, profile: &Profile, form: FormView) -> Self {
        let version = form.values.get("version").cloned().unwrap_or(self.version);
        let record = self.record.map(|_| RecordPart::new(viewer, &profile.facts, true));
        Self { form, version, record, ..self }
    }

    /// The same, where the server sends mail or does not.
    pub(in super::super) fn by_mail(self, sends_mail: bool) -> Self {
        Self { sends_mail, ..self }
    }

    /// The same with what is wrong with the new address.
    pub(in super::super) fn with_address_form(self, address_form: FormView) -> Self {
        Self { address_form, ..self }
    }

    /// The same with what is wrong with the new password.
    pub(in super::super) fn with_password_form(self, password_form: FormView) -> Self {
        Self { password_form, ..self }
    }
}

impl ClinicalPage for ProfilePage {
    const TEMPLATE: &'static str = "accounts/profile.html";

    fn title(&self) -> String {
        "Your profile".to_owned()
    }
}
