//! What administrators type about people.

use chrono::NaiveDate;
use entity::enums::Role;

use super::{pages::Choice, service::PersonRecord};
use crate::{
    access::Viewer,
    features::accounts::{LEFT_OUT, Password, PasswordOwner, RemovalReason},
    web::{FormReader, FormView, forms::Fields},
};

const AGAIN: &str =
    "Type the first password once more: it is on no page, so it was not kept while you were asked who you are.";
const NO_ACCOUNT: &str = "Nobody signs in without an e-mail address. Leave the password empty: the person chooses one when you have added an address.";

/// Somebody who is to be managed from now on.
#[derive(Debug)]
pub(super) struct NewPerson<R> {
    pub(super) record: R,
    /// None: they choose it themselves, behind a link by mail, as soon as they have an address.
    pub(super) password: Option<Password>,
    /// Whether they are somebody else than a patient of the same name and date of birth.
    pub(super) duplicate_ok: bool,
    /// Where, if it is chosen in the form: by the platform, for an administrator.
    pub(super) hospital_id: Option<i64>,
}

/// The form of a new person, as `viewer` fills it in: the platform chooses among the hospitals on offer.
///
/// # Errors
/// The form to show again.
pub(super) fn new<R: PersonRecord>(
    fields: Fields,
    today: NaiveDate,
    (viewer, on_offer): (&Viewer, &[Choice]),
) -> Result<(NewPerson<R>, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let hospital_id = viewer
        .runs_platform()
        .then(|| {
            reader.parsed("hospital_id", "Hospital", |id| {
                id.parse::<i64>().map_err(|_error| "Choose a hospital from the list.".to_owned())
            })
        })
        .flatten();
    let chosen = on_offer.iter().find(|choice| Some(&choice.value) == hospital_id.map(|id| id.to_string()).as_ref());
    let hospital = viewer.hospital().map(|hospital| &hospital.name).or(chosen.map(|choice| &choice.label));
    let record = R::read(&reader, today);
    let text = reader.optional_secret("password", "Password");
    if reader.optional(LEFT_OUT, "Left out", 16).is_some() && text.is_none() {
        reader.error("password", AGAIN.to_owned());
    }
    let account = record.as_ref().map(PersonRecord::account);
    let has_none = account.is_some_and(|account| account.email.is_none()) && !reader.is_wrong("email");
    if text.is_some() && has_none {
        reader.error("password", NO_ACCOUNT.to_owned());
    }
    let owner = PasswordOwner {
        first_name: account.map_or("", |account| &account.first_name),
        last_name: account.map_or("", |account| &account.last_name),
        email: account.and_then(|account| account.email.as_deref()).unwrap_or_default(),
        hospital: hospital.map_or("", String::as_str),
    };
    let chosen = text.map(|text| Password::choose(&text, &owner));
    let password = chosen.and_then(|chosen| chosen.map_err(|sentence| reader.error("password", sentence)).ok());
    let duplicate_ok = R::ROLE == Role::Patient && reader.optional("duplicate_ok", "Add them anyway", 2).is_some();
    let typed = reader.view();
    let person = record.map(|record| NewPerson { record, password, duplicate_ok, hospital_id });
    reader.finish(person.map(|person| (person, typed)))
}

/// The form of somebody who is managed already, with the version it was made for.
///
/// # Errors
/// The form to show again.
pub(super) fn edit<R: PersonRecord>(
    fields: Fields,
    today: NaiveDate,
) -> Result<((R, String), FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = reader.required("version", "Version", 64);
    let record = R::read(&reader, today);
    let typed = reader.view();
    reader.finish(record.map(|record| ((record, version), typed)))
}

/// Why a second factor is removed.
pub(super) fn removal_reason(fields: Fields) -> Result<RemovalReason, Box<FormView>> {
    let reader = FormReader::new(fields);
    let reason = reader.parsed("reason", "Reason", |word| {
        RemovalReason::from_word(word).ok_or_else(|| "Choose a reason from the list.".to_owned())
    });
    reader.finish(reason)
}
