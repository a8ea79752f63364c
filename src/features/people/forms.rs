//! What administrators type about people.

use chrono::NaiveDate;

use super::service::Record;
use crate::{
    features::accounts::{Password, PasswordOwner},
    web::{FormReader, FormView, forms::Fields},
};

/// Somebody who is to be kept from now on.
#[derive(Debug)]
pub(super) struct NewPerson<R> {
    pub(super) record: R,
    /// None: they choose it themselves, behind a link by mail.
    pub(super) password: Option<Password>,
    /// Where, if it is chosen in the form: by the platform, for an administrator.
    pub(super) hospital_id: Option<i64>,
}

/// The form of a new person. `chooses` whether it says for which hospital.
///
/// # Errors
/// The form to show again.
pub(super) fn new<R: Record>(
    fields: Fields,
    today: NaiveDate,
    chooses: bool,
) -> Result<(NewPerson<R>, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let hospital_id = chooses
        .then(|| {
            reader.parsed("hospital_id", "Hospital", |id| {
                id.parse::<i64>().map_err(|_error| "Choose a hospital from the list.".to_owned())
            })
        })
        .flatten();
    let record = R::read(&reader, today);
    let text = reader.optional_secret("password", "Password");
    let account = record.as_ref().map(Record::account);
    let owner = PasswordOwner {
        first_name: account.map_or("", |account| &account.first_name),
        last_name: account.map_or("", |account| &account.last_name),
        email: account.map_or("", |account| &account.email),
        hospital: "",
    };
    let chosen = text.map(|text| Password::choose(&text, &owner));
    let password = chosen.and_then(|chosen| chosen.map_err(|sentence| reader.error("password", sentence)).ok());
    let typed = reader.view();
    let person = record.map(|record| NewPerson { record, password, hospital_id });
    reader.finish(person.map(|person| (person, typed)))
}

/// The form of somebody who is kept already, with the version it was made for.
///
/// # Errors
/// The form to show again.
pub(super) fn edit<R: Record>(fields: Fields, today: NaiveDate) -> Result<((R, String), FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let version = reader.required("version", "Version", 64);
    let record = R::read(&reader, today);
    let typed = reader.view();
    reader.finish(record.map(|record| ((record, version), typed)))
}
