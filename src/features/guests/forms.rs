//! What is sent about guests and by their pages, as domain types.

use entity::{enums::GuestKind, limits};
use serde::Serialize;

use crate::{
    features::appointments::{guest_code, guest_label},
    web::{FormReader, FormView, forms::Fields},
};

/// As what somebody can be invited, in the order in which the form offers it.
const KINDS: [GuestKind; 3] = [GuestKind::Interpreter, GuestKind::Family, GuestKind::Clinician];

/// One entry of the choice.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct GuestChoice {
    value: &'static str,
    label: &'static str,
}

/// All that can be chosen.
pub(crate) fn guest_choices() -> Vec<GuestChoice> {
    KINDS.iter().map(|kind| GuestChoice { value: guest_code(*kind), label: guest_label(*kind) }).collect()
}

fn kind(code: &str) -> Result<GuestKind, String> {
    let known = KINDS.into_iter().find(|kind| guest_code(*kind) == code);
    known.ok_or_else(|| "Choose as what they take part.".to_owned())
}

/// Somebody who is to be invited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewGuest {
    /// What they are called.
    pub(super) name: String,
    pub(super) kind: GuestKind,
    /// What the form carried, so that it invites once; a program may leave it out.
    pub(super) token: Option<String>,
    /// `patient.id` of whom the form was made for, if it says so.
    pub(super) patient_id: Option<i64>,
}

/// The form that invites. With it comes what was typed.
///
/// # Errors
/// The form to show again.
pub(crate) fn new_guest(fields: Fields) -> Result<(NewGuest, FormView), Box<FormView>> {
    let reader = FormReader::new(fields);
    let name = reader.required("name", "Name", limits::GUEST_NAME);
    let kind = reader.parsed("kind", "What they are", kind);
    let token = reader.optional("token", "Form", limits::GUEST_TOKEN);
    let patient_id = reader.parsed_optional("patient_id", "Patient", |id| {
        id.parse().map_err(|_not_a_number| "Load the page again, then try once more.".to_owned())
    });
    let typed = reader.view();
    reader.finish(kind.map(|kind| (NewGuest { name, kind, token, patient_id }, typed)))
}
