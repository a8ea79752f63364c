//! What people type about themselves, as commands.

use chrono::{DateTime, NaiveDate, Utc};
use entity::enums::MailChoice;
use secrecy::SecretString;

use super::{
    destination::Destination,
    passwords::{Owner, Password},
    person::{EmailAddress, read_date_of_birth, read_email, read_names, read_phone},
    proof::{FIELD, Given},
    queries::{HospitalChoice, MAIL, Profile},
    second_factor::TypedCode,
    service::facts::RecordFacts,
};
use crate::{
    features::mail,
    text::address_key,
    web::{FormReader, FormView, forms::Fields},
};

/// The longest text worth looking up as an address.
const EMAIL_CHARACTERS: usize = 254;

/// Somebody wants to be let in.
#[derive(Debug)]
pub(super) struct SignIn {
    pub(super) email: String,
    pub(super) password: SecretString,
}

/// The sign-in form: the command, where to go then, and the form as it was typed, to be shown again if it fails.
pub(super) fn sign_in(mut fields: Fields) -> Result<(SignIn, Destination, FormView), Box<FormView>> {
    let next = Destination::of(fields.remove("next").as_deref());
    let reader = FormReader::new(fields);
    let email = read_typed_email(&reader);
    let password = SecretString::from(reader.secret("password", "Password"));
    let typed = going_to(reader.view(), &next);
    reader
        .finish(Some((SignIn { email, password }, next.clone(), typed)))
        .map_err(|form| Box::new(going_to(*form, &next)))
}

/// The field `email` of somebody who says who they are, as an account is looked up by it.
fn read_typed_email(reader: &FormReader) -> String {
    let typed = reader.search("email", "E-mail address", EMAIL_CHARACTERS);
    if typed.is_none() && reader.is_clean() {
        reader.error("email", "Enter the e-mail address.");
    }
    typed.map(|typed| address_key(&typed)).unwrap_or_default()
}

/// The sign-in form that leads to `next`.
pub(super) fn going_to(mut form: FormView, next: &Destination) -> FormView {
    form.values.insert("next".to_owned(), next.as_str().to_owned());
    form
}

/// A patient makes an account.
#[derive(Debug)]
pub(super) struct SignUp {
    pub(super) hospital_id: i64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: EmailAddress,
    pub(super) phone: Option<String>,
    pub(super) date_of_birth: NaiveDate,
    pub(super) password: Password,
}

/// The sign-up form. The hospital is one of those `on_offer`; dates are judged by its zone.
pub(super) fn sign_up(
    fields: Fields,
    on_offer: &[HospitalChoice],
    now: DateTime<Utc>,
) -> Result<(SignUp, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let hospital = reader.parsed("hospital_id", "Hospital", |text| among(on_offer, text));
    let (first_name, last_name) = read_names(&reader);
    let email = read_email(&reader);
    let phone = read_phone(&reader);
    let today = now.with_timezone(&hospital.map_or(crate::time_zone::Tz::UTC, |hospital| hospital.zone)).date_naive();
    let date_of_birth = read_date_of_birth(&reader, today, true);
    let owner = Owner {
        first_name: &first_name,
        last_name: &last_name,
        email: email.as_ref().map_or("", EmailAddress::as_str),
        hospital: hospital.map_or("", |hospital| &hospital.name),
    };
    let password = chosen_password(&reader, "password", "Password", &owner);
    let typed = reader.view();
    let person = hospital.zip(email).zip(date_of_birth.zip(password));
    let command = person.map(|((hospital, email), (date_of_birth, password))| SignUp {
        hospital_id: hospital.id,
        first_name,
        last_name,
        email,
        phone,
        date_of_birth,
        password,
    });
    reader.finish(command.map(|command| (command, typed)))
}

fn among<'a>(on_offer: &'a [HospitalChoice], id: &str) -> Result<&'a HospitalChoice, String> {
    on_offer
        .iter()
        .find(|hospital| hospital.id.to_string() == id)
        .ok_or_else(|| "Choose a hospital from the list.".to_owned())
}

/// What a person may change of themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ProfileChange {
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) phone: Option<String>,
    pub(super) date_of_birth: Option<NaiveDate>,
    pub(super) mail_choice: MailChoice,
    /// Of a patient: what they say of themselves.
    pub(super) facts: Option<RecordFacts>,
    /// [`Profile::version`] of what the person saw, or of what stands in the fields that were not sent.
    pub(super) version: String,
}

/// The profile form of somebody whose profile is `current`. A field that was not sent stays as it is; a patient's
/// date of birth, once known, cannot be taken away: it tells patients of one name apart. The version is what the form was made
/// from; programs that know the documented fields alone send none: then it is that of `current`, of which the other fields are.
pub(super) fn profile(
    mut fields: Fields,
    current: &Profile,
    today: NaiveDate,
) -> Result<(ProfileChange, FormView), Box<FormView>> {
    for (name, stored) in current.values().into_iter().filter(|(name, _)| !NAMES.contains(name)) {
        fields.entry(name.to_owned()).or_insert(stored);
    }
    if fields.get("version").is_none_or(|version| version.trim().is_empty()) {
        fields.insert("version".to_owned(), current.version());
    }
    let reader = FormReader::new(fields);
    let (first_name, last_name) = read_names(&reader);
    let phone = read_phone(&reader);
    let date_of_birth = read_date_of_birth(&reader, today, current.needs_date_of_birth());
    let mail_choice = (!mail::choices(current.role).is_empty())
        .then(|| reader.parsed(MAIL, "Which mail comes", |code| mail::parse_choice(current.role, code)));
    let mail_choice = mail_choice.flatten().unwrap_or(current.mail_choice);
    let facts = current.is_of_patient().then(|| RecordFacts::read(&reader));
    let version = reader.required("version", "Version", 64);
    let typed = reader.view();
    let change = ProfileChange { first_name, last_name, phone, date_of_birth, mail_choice, facts, version };
    reader.finish(Some((change, typed)))
}

/// What cannot be left out: a form without them is none of this page.
const NAMES: [&str; 2] = ["first_name", "last_name"];

/// The form for another address than `present`.
pub(super) fn address(fields: Fields, present: &str) -> Result<(EmailAddress, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let email = read_email(&reader);
    if email.as_ref().is_some_and(|email| email.as_str().eq_ignore_ascii_case(present)) {
        reader.error("email", "This is your address already.");
    }
    let typed = reader.view();
    reader.finish(email.map(|email| (email, typed)))
}

/// A new password, with proof that the person knows the present one.
#[derive(Debug)]
pub(super) struct PasswordChange {
    pub(super) current: SecretString,
    pub(super) new: Password,
}

/// The password form of somebody who is `owner`.
pub(super) fn password(fields: Fields, owner: &Owner<'_>) -> Result<PasswordChange, Box<FormView>> {
    let reader = FormReader::new(fields);
    let current = SecretString::from(reader.secret("current_password", "Current password"));
    let new = chosen_password(&reader, "new_password", "New password", owner);
    reader.finish(new.map(|new| PasswordChange { current, new }))
}

/// The form that asks once more who somebody is: what they gave, and where to go then.
pub(super) fn proof(mut fields: Fields) -> Result<(Given, Destination), (Destination, Box<FormView>)> {
    let next = Destination::of(fields.remove("next").as_deref());
    let given = Given::taken(&mut fields);
    let reader = FormReader::new(fields);
    if given.is_none() {
        reader.error(FIELD, "Enter your password.");
    }
    match reader.finish(given) {
        Ok(given) => Ok((given, next)),
        Err(form) => Err((next, form)),
    }
}

/// The form that asks for a code: what was typed, and where to go then.
pub(super) fn code(mut fields: Fields) -> Result<(TypedCode, Destination), (Destination, Box<FormView>)> {
    let next = Destination::of(fields.remove("next").as_deref());
    let reader = FormReader::new(fields);
    let code = TypedCode::read(&reader.secret("code", "Code"));
    match reader.finish(Some(code)) {
        Ok(code) => Ok((code, next)),
        Err(form) => Err((next, form)),
    }
}

/// The form of a code that was none.
pub(super) fn wrong_code() -> FormView {
    FormView::default()
        .with_error("code", "This code is not right, or was used already. Wait for the next one that the app shows.")
}

/// The form of somebody who has forgotten their password: the address, as an account is looked up by it.
pub(super) fn forgotten(fields: Fields) -> Result<String, Box<FormView>> {
    let reader = FormReader::new(fields);
    let email = read_typed_email(&reader);
    reader.finish(Some(email))
}

/// The form behind a link, for an account of `owner`.
pub(super) fn first_password(fields: Fields, owner: &Owner<'_>) -> Result<Password, Box<FormView>> {
    let reader = FormReader::new(fields);
    let password = chosen_password(&reader, "password", "Password", owner);
    reader.finish(password)
}

fn chosen_password(reader: &FormReader, name: &str, label: &str, owner: &Owner<'_>) -> Option<Password> {
    let text = reader.secret(name, label);
    if text.is_empty() {
        return None;
    }
    Password::choose(&text, owner).map_err(|sentence| reader.error(name, sentence)).ok()
}
