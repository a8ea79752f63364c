//! The data of this feature's templates.

pub(super) mod passkeys;
pub(super) mod profile;
pub(super) mod proof;
pub(super) mod second_factor;

use entity::address_link;
use entity::enums::AddressLinkPurpose;
use serde::Serialize;

use super::{
    device,
    passwords::MIN_CHARACTERS,
    queries::{HospitalChoice, OwnSession},
};
use crate::{
    time_zone::Tz,
    web::{AppError, FormView, Moment, Page, Pagination, Paging},
};

/// Signing in.
#[derive(Debug, Serialize)]
pub(super) struct SignInPage {
    pub(super) form: FormView,
}

impl Page for SignInPage {
    const TEMPLATE: &'static str = "accounts/sign_in.html";

    fn title(&self) -> String {
        "Sign in".to_owned()
    }
}

/// Asking for a link in place of a password that is forgotten.
#[derive(Debug, Serialize)]
pub(super) struct ForgottenPage {
    pub(super) form: FormView,
    pub(super) sends_mail: bool,
}

impl Page for ForgottenPage {
    const TEMPLATE: &'static str = "accounts/forgotten.html";

    fn title(&self) -> String {
        "Forgotten password".to_owned()
    }
}

/// Choosing a password behind a link.
#[derive(Debug, Serialize)]
pub(super) struct LinkPage {
    form: FormView,
    href: String,
    min_characters: usize,
}

impl LinkPage {
    /// Says nothing of whose password it is: whoever got the mail knows, and whoever else has the link need not.
    pub(super) fn new(token: &str, form: FormView) -> Self {
        Self { form, href: format!("/password-links/{token}"), min_characters: MIN_CHARACTERS }
    }
}

impl Page for LinkPage {
    const TEMPLATE: &'static str = "accounts/link.html";

    fn title(&self) -> String {
        "Choose a password".to_owned()
    }
}

/// A link that does not work, or no longer.
#[derive(Debug, Serialize)]
pub(super) struct LinkOverPage {
    pub(super) sends_mail: bool,
}

impl Page for LinkOverPage {
    const TEMPLATE: &'static str = "accounts/link_over.html";

    fn title(&self) -> String {
        "This link does not work any more".to_owned()
    }
}

/// Making an account.
#[derive(Debug, Serialize)]
pub(super) struct SignUpPage {
    form: FormView,
    hospitals: Vec<Choice>,
    min_characters: usize,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: i64,
    label: String,
}

impl SignUpPage {
    /// The form with the hospitals that take patients.
    pub(super) fn new(form: FormView, hospitals: Vec<HospitalChoice>) -> Self {
        let hospitals =
            hospitals.into_iter().map(|hospital| Choice { value: hospital.id, label: hospital.name }).collect();
        Self { form, hospitals, min_characters: MIN_CHARACTERS }
    }
}

impl Page for SignUpPage {
    const TEMPLATE: &'static str = "accounts/sign_up.html";

    fn title(&self) -> String {
        "Create an account".to_owned()
    }
}

/// Where a person is signed in.
#[derive(Debug, Serialize)]
pub(super) struct SessionsPage {
    sessions: Vec<SessionRow>,
    pagination: Pagination,
    has_others: bool,
}

#[derive(Debug, Serialize)]
struct SessionRow {
    id: i64,
    device: String,
    address: String,
    since: Moment,
    last_seen: Moment,
    is_this_one: bool,
}

impl SessionsPage {
    /// The page of `all` sessions that `paging` asks for, told in `zone`.
    pub(super) fn new(all: Vec<OwnSession>, paging: Paging, zone: Tz) -> Result<Self, AppError> {
        let place = ("/profile/sessions", [].as_slice());
        let pagination = Pagination::new(paging, all.len() as u64, "sessions", place)?;
        let has_others = all.iter().any(|session| !session.is_this_one);
        let shown = pagination.from..=pagination.to;
        let sessions = (1..).zip(all).filter(|(number, _)| shown.contains(number));
        let sessions = sessions.map(|(_, session)| SessionRow::new(session, zone));
        Ok(Self { sessions: sessions.collect(), pagination, has_others })
    }
}

impl SessionRow {
    fn new(session: OwnSession, zone: Tz) -> Self {
        Self {
            id: session.id,
            device: device::in_words(&session.user_agent),
            address: session.address,
            since: Moment::new(session.since, zone),
            last_seen: Moment::new(session.last_seen, zone),
            is_this_one: session.is_this_one,
        }
    }
}

impl Page for SessionsPage {
    const TEMPLATE: &'static str = "accounts/sessions.html";

    fn title(&self) -> String {
        "Where you are signed in".to_owned()
    }
}

/// What a link to an address does, and the button that does it.
#[derive(Debug, Serialize)]
pub(super) struct AddressLinkPage {
    form: FormView,
    href: String,
    title: &'static str,
    lead: &'static str,
    label: &'static str,
}

impl AddressLinkPage {
    /// Says nothing of whose account it is, as with [`LinkPage`].
    pub(super) fn new(token: &str, link: &address_link::Model) -> Self {
        let (title, lead, label) = match link.purpose {
            AddressLinkPurpose::Proof => ("Confirm your address", "Then you can ask for visits.", "This is my address"),
            AddressLinkPurpose::Change => (
                "Confirm your new address",
                "From then on you sign in with it, and the old one counts no more.",
                "This is my new address",
            ),
            AddressLinkPurpose::WayBack => (
                "Keep your old address",
                "Every browser is signed out, and a link to choose another password is sent to this address.",
                "Keep this address",
            ),
        };
        Self { form: FormView::default(), href: format!("/address-links/{token}"), title, lead, label }
    }

    /// The same with what is in the way.
    pub(super) fn with_form(self, form: FormView) -> Self {
        Self { form, ..self }
    }
}

impl Page for AddressLinkPage {
    const TEMPLATE: &'static str = "accounts/address_link.html";

    fn title(&self) -> String {
        self.title.to_owned()
    }
}

/// A link to an address that does not work, or no longer.
#[derive(Debug, Serialize)]
pub(super) struct AddressLinkOverPage {}

impl Page for AddressLinkOverPage {
    const TEMPLATE: &'static str = "accounts/address_link_over.html";

    fn title(&self) -> String {
        "This link does not work any more".to_owned()
    }
}
