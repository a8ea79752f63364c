//! The pages of the second factor.

use serde::Serialize;

use super::{
    super::second_factor::{Secret, qr},
    passkeys::PasskeyList,
};
use crate::web::{FormView, Moment, Page};

/// A secret that is offered.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct Enrolment {
    secret: String,
    uri: String,
    /// The source of an image; none if it cannot be drawn.
    qr: Option<String>,
}

impl Enrolment {
    /// For the account with this address.
    pub(in crate::features::accounts) fn new(secret: &Secret, email: &str) -> Self {
        let uri = secret.uri(email);
        Self { secret: secret.text(), qr: qr::image(&uri), uri }
    }
}

/// One's own second factor.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct OwnFactorPage {
    pub(in crate::features::accounts) form: FormView,
    pub(in crate::features::accounts) since: Option<Moment>,
    pub(in crate::features::accounts) passkeys: PasskeyList,
    /// To whoever has any.
    pub(in crate::features::accounts) codes_left: Option<u64>,
    /// Whether they have one alone, and must have it.
    pub(in crate::features::accounts) is_last: bool,
    pub(in crate::features::accounts) removal_reason: Option<String>,
    /// To whoever has no app.
    pub(in crate::features::accounts) enrolment: Option<Enrolment>,
}

impl Page for OwnFactorPage {
    const TEMPLATE: &'static str = "accounts/own_factor.html";

    fn title(&self) -> String {
        "Second factor".to_owned()
    }
}

/// The second step of a sign-in.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct SecondStepPage {
    pub(in crate::features::accounts) form: FormView,
    pub(in crate::features::accounts) has_app: bool,
    pub(in crate::features::accounts) has_passkey: bool,
    pub(in crate::features::accounts) removal_reason: Option<String>,
    /// To whoever has none and must have one.
    pub(in crate::features::accounts) enrolment: Option<Enrolment>,
    /// Whether they may have a passkey in its place.
    pub(in crate::features::accounts) may_add_passkey: bool,
}

impl Page for SecondStepPage {
    const TEMPLATE: &'static str = "accounts/second_step.html";

    fn title(&self) -> String {
        if self.enrolment.is_some() { "Set up a second factor" } else { "One more step" }.to_owned()
    }
}

/// Recovery codes, shown once.
#[derive(Debug, Serialize)]
pub(in crate::features::accounts) struct RecoveryCodesPage {
    pub(in crate::features::accounts) codes: Vec<String>,
    pub(in crate::features::accounts) next: String,
}

impl Page for RecoveryCodesPage {
    const TEMPLATE: &'static str = "accounts/recovery_codes.html";

    fn title(&self) -> String {
        "Your recovery codes".to_owned()
    }
}
