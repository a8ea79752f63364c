//! The data of this feature's templates.

pub(super) mod passkeys;
pub(super) mod proof;
pub(super) mod second_factor;

use chrono::NaiveDate;
use entity::address_link;
use entity::enums::{AddressLinkPurpose, Role};
use serde::Serialize;

use super::{
    device,
    passwords::MIN_CHARACTERS,
    queries::{HospitalChoice, OwnSession, Profile},
};
use crate::{
    access::{Viewer, role_label},
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
    latest_birth: String,
    min_characters: usize,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: i64,
    label: String,
}

impl SignUpPage {
    /// The form with the hospitals that take patients; `today` is the last possible date of birth.
    pub(super) fn new(form: FormView, hospitals: Vec<HospitalChoice>, today: NaiveDate) -> Self {
        let hospitals =
            hospitals.into_iter().map(|hospital| Choice { value: hospital.id, label: hospital.name }).collect();
        Self { form, hospitals, latest_birth: today.to_string(), min_characters: MIN_CHARACTERS }
    }
}

impl Page for SignUpPage {
    const TEMPLATE: &'static str = "accounts/sign_up.html";

    fn title(&self) -> String {
        "Create an account".to_owned()
    }
}

/// What a person sees and may change of themselves.
#[derive(Debug, Serialize)]
pub(super) struct ProfilePage {
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
    latest_birth: String,
    min_characters: usize,
    has_calendar: bool,
    /// Where a patient takes away everything about themselves.
    export: Option<&'static str>,
}

impl ProfilePage {
    /// The page with both forms as they are stored.
    pub(super) fn new(viewer: &Viewer, profile: &Profile, today: NaiveDate) -> Self {
        Self {
            form: FormView::filled(profile.values()),
            version: profile.version(),
            password_form: FormView::default(),
            address_form: FormView::default(),
            email: profile.email.clone(),
            waiting: None,
            is_unproved: false,
            sends_mail: false,
            role: role_label(profile.role),
            hospital: viewer.hospital().map(|hospital| hospital.name.clone()),
            needs_date_of_birth: profile.needs_date_of_birth(),
            latest_birth: today.to_string(),
            min_characters: MIN_CHARACTERS,
            has_calendar: matches!(profile.role, Role::Doctor | Role::Patient),
            export: (profile.role == Role::Patient).then_some("/profile/export.json"),
        }
    }

    /// The same with the profile form as it was typed.
    pub(super) fn with_form(self, form: FormView) -> Self {
        Self { form, ..self }
    }

    /// The same with what is known of addresses: the one that waits, whether the present one is proved, whether the server sends mail.
    pub(super) fn with_addresses(self, profile: &Profile, waiting: Option<String>, sends_mail: bool) -> Self {
        Self { waiting, is_unproved: profile.address_unproved_since.is_some(), sends_mail, ..self }
    }

    /// The same with what is wrong with the new address.
    pub(super) fn with_address_form(self, address_form: FormView) -> Self {
        Self { address_form, ..self }
    }

    /// The same with what is wrong with the new password.
    pub(super) fn with_password_form(self, password_form: FormView) -> Self {
        Self { password_form, ..self }
    }
}

impl Page for ProfilePage {
    const TEMPLATE: &'static str = "accounts/profile.html";

    fn title(&self) -> String {
        "Your profile".to_owned()
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
