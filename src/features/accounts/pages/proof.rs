//! The page that asks once more who somebody is.

use serde::Serialize;

use crate::web::{ClinicalPage, FormView, forms::Fields};

/// The field that says that a password was typed, and does not go on.
pub(crate) const LEFT_OUT: &str = "left_out";

/// The question, and what goes on with the answer.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct ProofPage {
    form: FormView,
    action: String,
    carried: Vec<Carried>,
    has_passkey: bool,
}

/// A field that was typed before.
#[derive(Debug, Serialize)]
struct Carried {
    name: String,
    value: String,
}

impl ProofPage {
    /// Sends `carried` to `action` with the proof. Passwords are printed on no page, so none goes on: [`LEFT_OUT`] says that there was one.
    pub(in crate::features::accounts) fn new(form: FormView, action: String, carried: Fields) -> Self {
        let is_secret = |name: &str| name.contains("password");
        let left_out = carried.iter().any(|(name, value)| is_secret(name) && !value.is_empty());
        let left_out = left_out.then(|| (LEFT_OUT.to_owned(), "password".to_owned()));
        let carried = carried.into_iter().filter(|(name, _)| !is_secret(name));
        let carried = carried.chain(left_out).map(|(name, value)| Carried { name, value }).collect();
        Self { form, action, carried, has_passkey: false }
    }

    /// The same for somebody who may use a passkey as well.
    pub(in crate::features::accounts) fn with_passkey(mut self, has_passkey: bool) -> Self {
        self.has_passkey = has_passkey;
        self
    }
}

impl ClinicalPage for ProofPage {
    const TEMPLATE: &'static str = "accounts/proof.html";

    fn title(&self) -> String {
        "Is it you?".to_owned()
    }
}
