//! Making and changing people: the same addresses below `/doctors`, `/patients` and `/admins`.

use actix_web::{HttpResponse, http::StatusCode, web};
use chrono::NaiveDate;

use super::adding::{AddedPerson, add};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::{
        accounts::{Provable, RecentlyProved},
        hospitals,
        people::{
            forms::{self, NewPerson},
            pages::{Choice, PersonForm},
            service::{self, AddressOutcome, Invited, PersonNotSaved, PersonRecord, StoredPerson},
        },
    },
    state::Pages,
    web::{AppError, Clinical, FlashKind, FormView, Submitted, see_other_saying},
};

pub(super) const STALE: &str = "Somebody changed this person after you opened the form. What you typed is below; where something else is \
                     stored now, that stands beside it. Save once more to keep what you typed.";

const INVITED: &str = "The changes are saved, and a link to choose a password is on its way to the new address.";
const WAITS: &str =
    "The changes are saved, but for the address: it counts when the person has opened the link that was sent there.";

const UNFIT: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

/// The empty form.
pub(in super::super) async fn new<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let hospitals = hospitals(&viewer, &reader).await?;
    let form = PersonForm::new::<R>(FormView::default(), hospitals);
    pages.show_clinical(&*viewer, &Clinical::new(form.by_mail(pages.state())))
}

/// Makes the account of somebody who gets no power by it.
pub(in super::super) async fn create<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    make::<R>(&viewer, submitted, &pages).await
}

/// Makes the account of somebody who may do much by it: it is asked who does so.
pub(in super::super) async fn appoint<R: PersonRecord>(
    viewer: RecentlyProved<R::ManagedBy>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    make::<R>(&viewer, submitted, &pages).await
}

async fn make<R: PersonRecord>(viewer: &Viewer, submitted: Submitted, pages: &Pages) -> Result<HttpResponse, AppError> {
    let (state, today) = (pages.state(), today(viewer, pages));
    let hospitals = hospitals(viewer, &state.db.reader()).await?;
    let (status, form, namesake) = match forms::new::<R>(submitted.fields()?, today, (viewer, &hospitals)) {
        Ok((person, typed)) => match hospital(viewer, person.hospital_id, &hospitals) {
            None => (UNFIT, typed.with_error("hospital_id", "Choose a hospital from the list."), None),
            Some(id) => match add(state, viewer, &person, id).await? {
                AddedPerson::New(id) => return Ok(saved::<R>(id, made(&person))),
                AddedPerson::Before(id) => return Ok(saved::<R>(id, MADE_BEFORE)),
                AddedPerson::Refused(field, sentence) => (UNFIT, typed.with_error(field, sentence), None),
                AddedPerson::Asks(namesake) => (StatusCode::CONFLICT, typed.with_error("", ASK), Some(namesake)),
            },
        },
        Err(form) => (UNFIT, *form, None),
    };
    let page = PersonForm::new::<R>(form, hospitals).by_mail(state).asking(namesake);
    pages.refuse_clinical(status, viewer, &Clinical::new(page))
}

const ASK: &str =
    "There is a patient of this name who was born on that day. Nobody was added: look whether it is the same person.";
const MADE_BEFORE: &str = "This form was sent before, and made this account. Nobody was added a second time.";

fn made<R: PersonRecord>(person: &NewPerson<R>) -> &'static str {
    match (&person.password, &person.record.account().email) {
        (Some(_), _) => "The account is made. Tell the person their first password.",
        (None, Some(_)) => {
            "The account is made, and a link to choose a password is on its way. It works for seven days."
        }
        (None, None) => {
            "The patient is added, without an e-mail address: they cannot sign in, and are to be told by phone."
        }
    }
}

/// The form with what is stored.
pub(in super::super) async fn edit<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let person: StoredPerson<R> = service::find(&viewer, &reader, *id).await?;
    let stored = service::opened(pages.state(), &viewer, &person).await?;
    let page = stored.map(|stored| PersonForm::of(&person, FormView::filled(stored)));
    let page = page.map(|page| page.telling(&viewer, &person, true));
    let visits = service::visits_to_come::<R>(&reader, *id, pages.state().clock.now()).await?;
    pages.show_clinical(&*viewer, &page.map(|page| page.with_visits(visits).inviting(&person, pages.state())))
}

/// Changes what is stored.
pub(in super::super) async fn update<R: PersonRecord>(
    viewer: Provable<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (state, today) = (pages.state(), today(&viewer, &pages));
    let person: StoredPerson<R> = service::find(&viewer, &state.db.reader(), *id).await?;
    let (status, form) = match forms::edit::<R>(submitted.fields()?, today) {
        // Whoever has another's address has their account: it is asked who changes it.
        Ok(((record, _), _))
            if record.account().email.as_deref() != person.email()
                && let Some(question) = viewer.ask()? =>
        {
            return Ok(question);
        }
        Ok(((record, version), typed)) => match service::update(state, &viewer, *id, (&record, &version)).await {
            Ok(AddressOutcome::Waits) => return Ok(saved::<R>(*id, WAITS)),
            Ok(AddressOutcome::Invited | AddressOutcome::First) => return Ok(saved::<R>(*id, INVITED)),
            Ok(_) => return Ok(saved::<R>(*id, "The changes are saved.")),
            Err(PersonNotSaved::Field(field, sentence)) => (UNFIT, Clinical::new(typed.with_error(field, sentence))),
            Err(PersonNotSaved::Stale) => {
                // What is stored is shown: a record is opened.
                let stored = service::opened(state, &viewer, &person).await?;
                let beside = |stored| typed.beside(stored).with_error("", STALE).made_from(person.version());
                (StatusCode::CONFLICT, stored.map(beside))
            }
            Err(PersonNotSaved::Failed(error)) => return Err(error),
        },
        Err(form) => (UNFIT, Clinical::new(*form)),
    };
    let visits = service::visits_to_come::<R>(&state.db.reader(), *id, state.clock.now()).await?;
    let page = form.map(|form| PersonForm::of(&person, form).with_visits(visits).inviting(&person, state));
    let page = page.map(|page| page.telling(&viewer, &person, status == StatusCode::CONFLICT));
    pages.refuse_clinical(status, &*viewer, &page)
}

/// Shuts somebody out, everywhere at once.
pub(in super::super) async fn deactivate<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let state = pages.state();
    service::set_active::<R>(state, &viewer, *id, false).await?;
    let left = service::visits_to_come::<R>(&state.db.reader(), *id, state.clock.now()).await?;
    Ok(saved::<R>(*id, if left == 0 { "The account is shut, and signed out everywhere." } else { SHUT_WITH_VISITS }))
}

const SHUT_WITH_VISITS: &str = "The account is shut, and signed out everywhere. Visits that are planned stay until somebody cancels them: see \
                                them in the list of visits.";

/// Signs somebody out everywhere, and nothing else.
pub(in super::super) async fn end_sessions<R: PersonRecord>(
    viewer: RecentlyProved<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    service::end_sessions::<R>(pages.state(), &viewer, *id).await?;
    Ok(saved::<R>(*id, "They are signed out everywhere, and told so by mail."))
}

/// Lets somebody in again who gets no power by it.
pub(in super::super) async fn reactivate<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let_in::<R>(&viewer, *id, submitted, &pages).await
}

/// Lets somebody in again who may do much: it is asked who does so, as when they were appointed.
pub(in super::super) async fn reinstate<R: PersonRecord>(
    viewer: RecentlyProved<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let_in::<R>(&viewer, *id, submitted, &pages).await
}

async fn let_in<R: PersonRecord>(
    viewer: &Viewer,
    id: i64,
    submitted: Submitted,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    service::set_active::<R>(pages.state(), viewer, id, true).await?;
    Ok(saved::<R>(id, "The account is open again."))
}

/// Sends somebody who has never signed in another link.
pub(in super::super) async fn invite<R: PersonRecord>(
    viewer: Allowed<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    Ok(match service::invite_again::<R>(pages.state(), &viewer, *id).await? {
        Invited::Sent => saved::<R>(*id, "Another link is on its way. It works for seven days."),
        Invited::WasHere => refused::<R>(*id, WAS_HERE),
        Invited::NoAddress => refused::<R>(*id, "Nothing was sent: the person has no e-mail address. Add one first."),
        Invited::IsShut => refused::<R>(*id, "Nothing was sent: the account is shut. Open it first."),
        Invited::MailIsOff => refused::<R>(*id, "Nothing was sent: this server sends no e-mail."),
    })
}

/// Removes the second factor of somebody who has lost it.
pub(in super::super) async fn remove_factor<R: PersonRecord>(
    viewer: RecentlyProved<R::ManagedBy>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let person: StoredPerson<R> = service::find(&viewer, &pages.state().db.reader(), *id).await?;
    let needs_reason = |_form| AppError::Unprocessable("Choose from the list why the second factor is removed.");
    let reason = forms::removal_reason(submitted.fields()?).map_err(needs_reason)?;
    Ok(match service::remove_factor(pages.state(), &viewer, &person, reason).await? {
        true => saved::<R>(*id, "The second factor is removed, and the person is signed out everywhere."),
        false => refused::<R>(*id, "There was none: the person has no second factor."),
    })
}

const WAS_HERE: &str = "Nothing was sent: the person has signed in before. Who has forgotten their password asks for a link \
                        on the page that signs in.";

fn saved<R: PersonRecord>(id: i64, text: &'static str) -> HttpResponse {
    back::<R>(id, FlashKind::Success, text)
}

fn refused<R: PersonRecord>(id: i64, text: &'static str) -> HttpResponse {
    back::<R>(id, FlashKind::Error, text)
}

fn back<R: PersonRecord>(id: i64, kind: FlashKind, text: &'static str) -> HttpResponse {
    // Administrators have no page of their own but the form.
    let edit = if R::PATH == "/admins" { "/edit" } else { "" };
    see_other_saying(&format!("{}/{id}{edit}", R::PATH), kind, text)
}

/// Where somebody new belongs: to the viewer's hospital; to the platform, to one of those on offer.
fn hospital(viewer: &Viewer, chosen: Option<i64>, on_offer: &[Choice]) -> Option<i64> {
    match viewer.hospital() {
        Some(hospital) => Some(hospital.id),
        None => chosen.filter(|id| on_offer.iter().any(|choice| choice.value == id.to_string())),
    }
}

/// The hospitals that the platform can choose from; none to anybody else.
async fn hospitals(viewer: &Viewer, reader: &Reader) -> Result<Vec<Choice>, AppError> {
    let found = hospitals::names(viewer, reader).await?;
    Ok(found.into_iter().map(|(id, name)| Choice { value: id.to_string(), label: name }).collect())
}

/// The date where the person who types is.
fn today(viewer: &Viewer, pages: &Pages) -> NaiveDate {
    pages.state().clock.now().with_timezone(&viewer.zone()).date_naive()
}
