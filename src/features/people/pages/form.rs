//! The form of a person, whichever kind they are.

use entity::enums::Role;
use serde::Serialize;

use crate::{
    access::Viewer,
    features::{
        accounts::{BloodOption, RemovalReason, StatedFacts, blood_types},
        notifications::capitalised,
        people::service::{Namesake, PersonRecord, StoredPerson},
    },
    state::AppState,
    web::{ClinicalPage, FormView, moment::date_in_words},
};

/// One entry of a select.
#[derive(Clone, Debug, Serialize)]
pub(in super::super) struct Choice {
    pub(in super::super) value: String,
    pub(in super::super) label: String,
}

impl Choice {
    fn of_reason(reason: RemovalReason) -> Self {
        Self { value: reason.word().to_owned(), label: reason.label().to_owned() }
    }
}

/// A person to be made or changed. Of a patient it shows what is stored of them, or was typed.
#[derive(Debug, Serialize)]
pub(in super::super) struct PersonForm {
    title: String,
    form: FormView,
    action: String,
    back: String,
    back_label: String,
    is_doctor: bool,
    is_patient: bool,
    /// To be chosen by the platform for a new administrator.
    hospitals: Vec<Choice>,
    blood_types: Vec<BloodOption>,
    /// Of a patient: what of it is their own word.
    said: SaidHints,
    /// Whether they must have an e-mail address: everybody but patients, and who has one.
    needs_address: bool,
    /// None for somebody new.
    version: Option<String>,
    /// Of somebody there is already: whether they may come in, and where that is changed.
    standing: Option<AccountState>,
    /// Whether the server sends mail, and with it an invitation to whoever gets no password here.
    sends_mail: bool,
    /// Of a new patient: who may be the same person.
    namesake: Option<PossiblySame>,
    /// Of somebody who has never signed in: where they are sent another link.
    invitation_href: Option<String>,
}

/// What stands beside the fields of a record.
#[derive(Debug, Default, Serialize)]
struct SaidHints {
    blood_type: Option<String>,
    allergies: Option<String>,
    contact: Option<String>,
}

impl SaidHints {
    /// What was recorded before is as clinical as what is: it is shown when the record `is_opened`.
    /// Beside fields that hold what `is_typed`, it is told of what is stored alone.
    fn new(viewer: &Viewer, facts: &StatedFacts, (is_opened, is_typed): (bool, bool)) -> Self {
        let whose = |said: String| match is_typed {
            true => format!("What is stored was {said}."),
            false => format!("{}. Change it here, or confirm it on the patient's page.", capitalised(&said)),
        };
        let hint = |said: Option<String>, before: Option<String>| {
            let before = before.filter(|_| is_opened).map(|before| format!(" Recorded before: {before}"));
            said.map(|said| format!("{}{}", whose(said), before.unwrap_or_default()))
        };
        let (said, [blood_type_before, allergies_before]) = (facts.said(viewer), facts.befores());
        Self {
            blood_type: hint(said.blood_type, blood_type_before),
            allergies: hint(said.allergies, allergies_before),
            contact: hint(said.contact, None),
        }
    }
}

#[derive(Debug, Serialize)]
struct PossiblySame {
    href: String,
    name: String,
    born: String,
}

#[derive(Debug, Serialize)]
struct AccountState {
    active: bool,
    /// Without an address there is nothing to sign in with.
    has_address: bool,
    name: String,
    href: String,
    /// Where they are signed out everywhere.
    sessions_href: String,
    /// Why their second factor may be removed.
    removal_reasons: Vec<Choice>,
    /// How many of their visits are to come, and their list.
    visits: u64,
    visits_href: String,
}

impl PersonForm {
    /// Of somebody new.
    pub(in super::super) fn new<R: PersonRecord>(form: FormView, hospitals: Vec<Choice>) -> Self {
        Self {
            title: format!("Add {} {}", article(R::NOUN), R::NOUN),
            action: R::PATH.to_owned(),
            back: R::PATH.to_owned(),
            back_label: "The list".to_owned(),
            is_doctor: R::ROLE == Role::Doctor,
            is_patient: R::ROLE == Role::Patient,
            blood_types: blood_types(),
            said: SaidHints::default(),
            needs_address: R::ROLE != Role::Patient,
            version: None,
            standing: None,
            sends_mail: false,
            namesake: None,
            invitation_href: None,
            hospitals,
            form,
        }
    }

    /// Of somebody there is.
    pub(in super::super) fn of<R: PersonRecord>(person: &StoredPerson<R>, form: FormView) -> Self {
        let name = format!("{} {}", person.account.first_name, person.account.last_name);
        let path = format!("{}/{}", R::PATH, person.id);
        let state = if person.account.active { "deactivation" } else { "reactivation" };
        let has_page = R::ROLE != Role::HospitalAdmin;
        Self {
            title: format!("Change {name}"),
            back: if has_page { path.clone() } else { R::PATH.to_owned() },
            back_label: if has_page { name.clone() } else { "The list".to_owned() },
            version: Some(version_of(&form, person.version())),
            standing: Some(AccountState {
                active: person.account.active,
                has_address: person.email().is_some(),
                href: format!("{path}/{state}"),
                sessions_href: format!("{path}/sessions/revocation"),
                removal_reasons: RemovalReason::ALL.map(Choice::of_reason).into(),
                name,
                visits: 0,
                visits_href: format!("/appointments?{}={}&status=to_come", R::NOUN, person.id),
            }),
            needs_address: R::ROLE != Role::Patient || person.email().is_some(),
            action: path,
            ..Self::new::<R>(form, Vec::new())
        }
    }
}

impl PersonForm {
    /// The same, where the server may send mail.
    pub(in super::super) fn by_mail(self, state: &AppState) -> Self {
        Self { sends_mail: state.outgoing_mail.is_on(), ..self }
    }

    /// The same with what of it is the patient's own word, and in what the record says if it `is_opened` for it.
    pub(in super::super) fn telling<R: PersonRecord>(
        self,
        viewer: &Viewer,
        person: &StoredPerson<R>,
        is_opened: bool,
    ) -> Self {
        let is_typed = !self.form.summary.is_empty();
        let said = person.stated().map(|facts| SaidHints::new(viewer, facts, (is_opened, is_typed)));
        Self { said: said.unwrap_or_default(), ..self }
    }

    /// The same with the question whether it is this one.
    pub(in super::super) fn asking(self, namesake: Option<Namesake>) -> Self {
        let namesake = namesake.map(|Namesake { id, name, born }| PossiblySame {
            href: format!("/patients/{id}"),
            name,
            born: date_in_words(born),
        });
        Self { namesake, ..self }
    }

    /// The same, where so many visits are to come of the person.
    pub(in super::super) fn with_visits(mut self, visits: u64) -> Self {
        if let Some(standing) = &mut self.standing {
            standing.visits = visits;
        }
        self
    }

    /// The same with the invitation that `person` may still be sent.
    pub(in super::super) fn inviting<R: PersonRecord>(self, person: &StoredPerson<R>, state: &AppState) -> Self {
        let href = format!("{}/{}/invitation", R::PATH, person.id);
        let may_be_invited = state.outgoing_mail.is_on() && person.may_be_invited();
        Self { invitation_href: may_be_invited.then_some(href), ..self.by_mail(state) }
    }
}

/// What `form` is compared with when it is sent again. One that was refused stays made from what it was made from: whoever mends a field has not seen
/// what somebody else has `stored` since.
fn version_of(form: &FormView, stored: String) -> String {
    match form.values.get("version") {
        None => stored,
        // Nobody knows what it was made from: with a version that nothing has, it is shown beside what is stored.
        Some(sent) if sent.is_empty() => "none".to_owned(),
        Some(sent) => sent.clone(),
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}

impl ClinicalPage for PersonForm {
    const TEMPLATE: &'static str = "people/form.html";

    fn title(&self) -> String {
        self.title.clone()
    }
}
