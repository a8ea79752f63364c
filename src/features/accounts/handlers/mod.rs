//! The pages and acts of one's own account.

pub(super) mod addresses;
pub(super) mod links;
pub(super) mod passkeys;
pub(super) mod profile;
pub(super) mod proof;
pub(super) mod second_factor;
pub(super) mod second_step;

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CLEAR_SITE_DATA, HeaderValue},
    },
    web,
};
use serde::Deserialize;

use super::{
    destination::Destination,
    device_cookie::KnownFor,
    forms::{self, SignUp},
    hashing::{BREACHED, PasswordNotHashed},
    pages::{SessionsPage, SignInPage, SignUpPage},
    proof::RecentlyProved,
    queries,
    request_session::RequestSession,
    service::{sessions, sign_in, sign_up},
};
use crate::{
    access::{Allowed, Anybody, SignedIn, Visitor},
    db::Reader,
    session::Ended,
    state::Pages,
    web::{AppError, FlashKind, FormView, Paging, Submitted, query::Filter, see_other, see_other_saying},
};

const TAKEN: &str = "This e-mail address cannot be used. If it is yours, sign in instead.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Next {
    next: Option<String>,
}

pub(super) async fn new_session(
    Anybody(viewer): Anybody,
    query: Filter<Next>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    if viewer.is_some() {
        return Ok(see_other("/dashboard"));
    }
    let form = forms::going_to(FormView::default(), &Destination::of(query.0.next.as_deref()));
    pages.show_public(StatusCode::OK, &SignInPage { form })
}

/// Also lets somebody else in where a person is signed in already: whose form this is decides, not whose cookie.
pub(super) async fn create_session(
    _: Anybody,
    submitted: Submitted,
    request_session: RequestSession,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (person, next, typed) = match forms::sign_in(submitted.fields()?) {
        Ok(form) => form,
        Err(form) => {
            return pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { form: *form });
        }
    };
    let admission = sign_in::sign_in(&request_session.state, &request_session.origin, &person).await?;
    if let Some(answer) = second_step::admitted(admission, &request_session, (&person.email, &next))? {
        return Ok(answer);
    }
    let form = typed.with_error("", "The e-mail address or the password is not right.");
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &SignInPage { form })
}

/// Works for anybody: a session that has just ended needs no more ending.
pub(super) async fn destroy_session(
    Anybody(viewer): Anybody,
    submitted: Submitted,
    request_session: RequestSession,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    if let Some(viewer) = viewer {
        sessions::sign_out(&request_session.state, &viewer).await?;
    }
    request_session.sign_out();
    let mut answer = done("/", "You are signed out.");
    // What the browser kept of the pages is the next person's to see otherwise, on a shared computer.
    answer.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    Ok(answer)
}

pub(super) async fn new_account(
    Visitor(viewer): Visitor,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    if viewer.is_some() {
        return Ok(see_other("/dashboard"));
    }
    let hospitals = queries::active_hospitals(&reader).await?;
    pages.show_public(StatusCode::OK, &SignUpPage::new(FormView::default(), hospitals))
}

/// As with signing in, whoever's account this makes is signed in afterwards, and nobody else.
pub(super) async fn create_account(
    _: Visitor,
    submitted: Submitted,
    request_session: RequestSession,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let fields = submitted.fields()?;
    let hospitals = queries::active_hospitals(&request_session.state.db.reader()).await?;
    let now = request_session.state.clock.now();
    let form = match forms::sign_up(fields, &hospitals, now) {
        Err(form) => *form,
        Ok((person, typed)) => match signed_up(&request_session, &person).await? {
            Ok(answer) => return Ok(answer),
            Err((field, why)) => typed.with_error(field, why),
        },
    };
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &SignUpPage::new(form, hospitals))
}

/// Makes the account: the answer, or at which field it failed, and why.
async fn signed_up(
    request_session: &RequestSession,
    person: &SignUp,
) -> Result<Result<HttpResponse, (&'static str, &'static str)>, AppError> {
    let admission = match sign_up::sign_up(&request_session.state, &request_session.origin, person).await {
        Ok(admission) => admission,
        Err(PasswordNotHashed::Breached) => return Ok(Err(("password", BREACHED))),
        Err(PasswordNotHashed::Failed(error)) => return Err(error),
    };
    let here = (person.email.as_str(), &Destination::of(None));
    Ok(second_step::admitted(admission, request_session, here)?.ok_or(("email", TAKEN)))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageNumber {
    page: Option<String>,
}

pub(super) async fn list_sessions(
    viewer: Allowed<SignedIn>,
    query: Filter<PageNumber>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let paging = Paging::parse(query.0.page.as_deref(), state.settings.pages.page_size)?;
    let all = queries::sessions(&viewer, state, &reader).await?;
    pages.show(&*viewer, &SessionsPage::new(all, paging, viewer.zone())?)
}

pub(super) async fn revoke_session(
    viewer: RecentlyProved<SignedIn>,
    id: web::Path<i64>,
    submitted: Submitted,
    request_session: RequestSession,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let id = id.into_inner();
    if !sessions::revoke(&request_session.state, &viewer, id).await? {
        return Err(AppError::NotFound);
    }
    if id == viewer.session_id {
        request_session.sign_out();
        return Ok(done("/", "You are signed out."));
    }
    Ok(done("/profile/sessions", "That browser is signed out."))
}

pub(super) async fn revoke_other_sessions(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    request_session: RequestSession,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let state = &request_session.state;
    let email = queries::profile(&viewer, &state.db.reader()).await?.email;
    let ended = sessions::revoke_others(state, &viewer).await?;
    let text = match ended.live {
        0 => "You were signed in nowhere else.",
        _ => "Every other browser is signed out.",
    };
    Ok(still_known(&email, &request_session, ended, done("/profile/sessions", text)))
}

/// `answer`, by which this browser alone stays known for the account with that address, of which all were just forgotten.
fn still_known(email: &str, request_session: &RequestSession, ended: Ended, answer: HttpResponse) -> HttpResponse {
    let whom = KnownFor { email, forgotten_at: Some(ended.browsers_forgotten_at) };
    request_session.remembering(whom, answer)
}

/// Leads to `path`, whose page will say `text`.
fn done(path: &str, text: &'static str) -> HttpResponse {
    see_other_saying(path, FlashKind::Success, text)
}
