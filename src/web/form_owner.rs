//! Whose form it is: forms whose subject is "whoever is signed in" carry a value that is bound to a person.
//!
//! A page may stand in a tab while somebody else signs in in the same browser. What is sent from it then would be done for the other:
//! their profile would get this one's name, a visit of theirs this one's symptoms. So each such form carries the field [`FIELD`], a MAC over
//! the `user.id` of whom its page was made for, and [`Submitted`](super::Submitted) refuses a form that carries another person's
//! before its handler sees a field of it. There is one way to write it, the component `bound`.
//!
//! Only a **wrong** value is refused. One that is absent is accepted: the addresses are documented with the fields that mean something, and
//! programs post those alone. Nothing is lost by it, for this is no protection against other sites (that is
//! `middleware::cross_site`), only against a page that has outlived its person, and our own pages all carry it.
//!
//! The same value is what a form is handed back by to whoever was signed out ([`KeptForm`](super::KeptForm)): whatever takes typed text carries it.

use actix_web::{HttpMessage, HttpRequest, web};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::{AppError, Kit, error::TypedField, forms::Fields, middleware::server_timing::RequestUser, page::Shell};

/// The name of the field.
pub(super) const FIELD: &str = "person";
/// Before the value in a form that was handed back: it stands in a page that anybody may find, who is shown nothing of it.
const HANDED_BACK: &str = "back.";
/// What was typed under a name with such a word in it is shown to nobody again: who is asked for it gives what lets them in.
const SECRETS: [&str; 6] = ["password", "code", "secret", "proof", "passkey", "credential"];
/// Fields that nobody has typed.
const HIDDEN: [&str; 12] = [
    FIELD,
    "version",
    "token",
    "next",
    "back",
    "doctor_id",
    "patient_id",
    "template",
    "kind",
    "last_id",
    "room",
    "remove",
];

/// Makes and checks the values.
#[derive(Clone)]
pub(super) struct FormOwners(Hmac<Sha256>);

impl FormOwners {
    /// With a key that all instances derive from `SECRET_KEY`.
    pub(super) fn new(key: &[u8; 64]) -> Self {
        Self(Hmac::new(key.into()))
    }

    fn mac(&self, user_id: i64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&user_id.to_be_bytes());
        mac
    }

    /// The value of the forms of this person: always the same, so that kept pages keep it.
    pub(super) fn value(&self, user_id: i64) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.mac(user_id).finalize().into_bytes())
    }

    fn is_of(&self, value: &str, user_id: i64) -> bool {
        BASE64_URL_SAFE_NO_PAD.decode(value).is_ok_and(|mac| self.mac(user_id).verify_slice(&mac).is_ok())
    }
}

/// The value for the forms of whoever sent `request`, if somebody is signed in.
pub(super) fn value(request: &HttpRequest, kit: &Kit) -> Option<String> {
    let user = request.extensions().get::<RequestUser>().map(|user| user.id)?;
    Some(kit.form_owners.value(user))
}

/// Takes the field out of `fields`, which are what `request` submits.
///
/// # Errors
/// [`AppError::OtherPerson`] when it is the form of somebody else.
pub(super) fn check(request: &HttpRequest, fields: &mut Fields) -> Result<(), AppError> {
    let Some(value) = fields.remove(FIELD) else { return Ok(()) };
    let extensions = request.extensions();
    // Where nobody is signed in there is nobody else for whom it could be done.
    let Some(user_id) = extensions.get::<RequestUser>().map(|user| &user.id) else { return Ok(()) };
    let kit = request.app_data::<web::Data<Kit>>().ok_or_else(|| AppError::internal("the kit is not configured"))?;
    let handed_back = value.strip_prefix(HANDED_BACK);
    if kit.form_owners.is_of(handed_back.unwrap_or(&value), *user_id) {
        return Ok(());
    }
    let signed_in = extensions.get::<Shell>().map(|shell| shell.name.clone()).unwrap_or_default();
    let typed = if handed_back.is_some() { Vec::new() } else { typed(fields) };
    Err(AppError::OtherPerson { signed_in, typed })
}

/// Whether `fields` can be handed back to somebody.
pub(super) fn is_bound(fields: &Fields) -> bool {
    fields.get(FIELD).is_some_and(|value| !value.is_empty())
}

/// Marks `fields` as what is handed back to whoever they are bound to; none when they are bound to nobody.
pub(super) fn hand_back(fields: &mut Fields) -> Option<()> {
    let value = fields.get_mut(FIELD).filter(|value| !value.is_empty())?;
    if !value.starts_with(HANDED_BACK) {
        value.insert_str(0, HANDED_BACK);
    }
    Some(())
}

/// Takes what lets people in out of `fields`; the names under which something was.
pub(super) fn take_secrets(fields: &mut Fields) -> Vec<String> {
    let secrets = fields.extract_if(.., |name, _| is_secret(name));
    secrets.filter(|(_, text)| !text.is_empty()).map(|(name, _)| name).collect()
}

fn is_secret(name: &str) -> bool {
    SECRETS.iter().any(|secret| name.contains(secret))
}

/// Whether somebody has typed `text`, and may be shown it again.
pub(super) fn is_typed(name: &str, text: &str) -> bool {
    !HIDDEN.contains(&without_number(name)) && !is_secret(name) && !text.trim().is_empty()
}

/// A form about several records has the number of each behind the names of its fields: `version_12`.
fn without_number(name: &str) -> &str {
    name.rsplit_once('_').filter(|(_, number)| number.parse::<i64>().is_ok()).map_or(name, |(name, _)| name)
}

/// What `request` has submitted, once its handler has read it.
struct Sent(Fields);

/// Keeps what `request` submits until it is answered, so that an answer that can do nothing with it shows it again.
pub(super) fn remember(request: &HttpRequest, fields: &Fields) {
    request.extensions_mut().insert(Sent(fields.clone()));
}

/// What somebody has typed into the form that `request` submits, once its handler has read it.
pub(super) fn typed_into(request: &HttpRequest) -> Vec<TypedField> {
    request.extensions().get::<Sent>().map(|Sent(fields)| typed(fields)).unwrap_or_default()
}

/// Those of [`typed_into`] that the page `body` does not show, in a field or beside one.
pub(super) fn typed_and_not_in(request: &HttpRequest, body: &str) -> Vec<TypedField> {
    let is_shown = |field: &TypedField| field.text.trim().lines().all(|line| body.contains(&escaped(line)));
    typed_into(request).into_iter().filter(|field| !is_shown(field)).collect()
}

/// As templates write it.
fn escaped(text: &str) -> String {
    let marks = [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;"), ('\'', "&#39;")];
    marks.into_iter().fold(text.to_owned(), |text, (mark, entity)| text.replace(mark, entity))
}

/// What somebody has typed, to be copied from the page that says that it was not used.
fn typed(fields: &Fields) -> Vec<TypedField> {
    let shown = fields.iter().filter(|(name, text)| is_typed(name, text));
    shown.map(|(name, text)| TypedField { label: in_words(name), text: text.clone() }).collect()
}

/// `date_of_birth` as `Date of birth`.
pub(super) fn in_words(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut letters = spaced.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_one_persons_under_one_key() {
        let (ours, others) = (FormOwners::new(&[1; 64]), FormOwners::new(&[2; 64]));
        let value = ours.value(7);
        assert!(ours.is_of(&value, 7));
        assert!(!ours.is_of(&value, 8) && !others.is_of(&value, 7) && !ours.is_of("", 7) && !ours.is_of("7", 7));
    }

    #[test]
    fn passwords_and_what_nobody_typed_are_not_shown_again() {
        let secrets = ["new_password", "code", "proof", "passkey_proof", "passkey", "credential"];
        let sent = [&["symptoms", "version", "version_12", "token", "date_of_birth"][..], &secrets[..]].concat();
        let fields: Fields = sent.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        let shown: Vec<String> = typed(&fields).into_iter().map(|field| field.label).collect();
        assert_eq!(shown, ["Date of birth", "Symptoms"]);
    }
}
