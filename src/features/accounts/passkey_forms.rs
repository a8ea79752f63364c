//! Forms in which a script has put what a browser says of a passkey.

use entity::limits::PASSKEY_NAME;

use super::passkey::MadeAnswer;
use crate::web::{FormReader, FormView, forms::Fields};

/// The field with what a new passkey says of itself.
const CREDENTIAL: &str = "credential";
/// The field with what a passkey has signed, at a sign-in.
const PASSKEY: &str = "passkey";
/// The same where somebody shows once more who they are.
const PROOF: &str = "passkey_proof";

/// A new passkey: what it is to be called, and what the browser says of it.
pub(super) fn made(mut fields: Fields) -> Result<(String, MadeAnswer), Box<FormView>> {
    let credential = fields.remove(CREDENTIAL).unwrap_or_default();
    let reader = FormReader::new(fields);
    let name = reader.required("name", "Name", PASSKEY_NAME);
    let answer = MadeAnswer::read(&credential);
    if answer.is_none() {
        reader.error("name", "This browser has made no passkey. Try again.");
    }
    reader.finish(answer.map(|answer| (name, answer)))
}

/// Whether the form of a sign-in holds a new passkey.
pub(super) fn holds_new(fields: &Fields) -> bool {
    fields.contains_key(CREDENTIAL)
}

/// What a passkey has signed, taken out of the form of a sign-in, whose other answers then do not count.
pub(super) fn taken(fields: &mut Fields) -> Option<String> {
    let answer = fields.remove(PASSKEY).filter(|answer| !answer.is_empty())?;
    fields.remove("code");
    Some(answer)
}

/// What a passkey has signed, taken out of any form that goes on once somebody has shown who they are.
pub(super) fn taken_as_proof(fields: &mut Fields) -> Option<String> {
    fields.remove(PROOF).filter(|answer| !answer.is_empty())
}
