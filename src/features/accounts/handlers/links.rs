//! `/password-reset` and `/password-links/{token}`: a link by mail instead of a password that is forgotten, or that somebody
//! else would have to choose.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::super::{
    forms,
    hashing::{BREACHED, PasswordNotHashed},
    pages::{ForgottenPage, LinkOverPage, LinkPage},
    service::links,
};
use crate::{
    access::{Anybody, Visitor},
    state::{AppState, Pages},
    web::{AppError, FlashKind, FormView, Submitted, see_other_saying},
};

const SENT: &str = "If there is an account with that address, a link is on its way to it. It works for 30 minutes.";
const CHOSEN: &str = "Your password is set. Sign in with it.";
const CHOSEN_ELSEWHERE: &str =
    "The password is set. Somebody is still signed in in this browser: if that is not you, sign out, then sign in.";

/// The form that asks for an address.
pub(in super::super) async fn new_reset(_: Anybody, pages: Pages) -> Result<HttpResponse, AppError> {
    pages.show_public(StatusCode::OK, &forgotten(pages.state(), FormView::default()))
}

/// Sends a link to that address, if it is somebody's.
pub(in super::super) async fn create_reset(
    _: Anybody,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let form = match forms::forgotten(submitted.fields()?) {
        Ok(email) if pages.state().outgoing_mail.is_on() => {
            links::request_reset(pages.state(), pages.peer().address, &email).await?;
            return Ok(see_other_saying("/sign-in", FlashKind::Success, SENT));
        }
        Ok(_) => FormView::default().with_error("", "This server sends no e-mail."),
        Err(form) => *form,
    };
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &forgotten(pages.state(), form))
}

fn forgotten(state: &AppState, form: FormView) -> ForgottenPage {
    ForgottenPage { form, sends_mail: state.outgoing_mail.is_on() }
}

/// The form that asks for a new password. Looking at it uses nothing up: mail programs follow links by themselves.
pub(in super::super) async fn show_link(
    _: Visitor,
    token: web::Path<String>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    match links::find(pages.state(), pages.peer().address, &token).await? {
        Some(_) => pages.show_unkept(&LinkPage::new(&token, FormView::default())),
        None => over(&pages),
    }
}

/// Sets the password.
pub(in super::super) async fn use_link(
    Visitor(viewer): Visitor,
    token: web::Path<String>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let fields = submitted.fields()?;
    let Some(linked) = links::find(pages.state(), pages.peer().address, &token).await? else { return over(&pages) };
    let form = match forms::first_password(fields, &linked.account.password_owner()) {
        Ok(password) => match links::choose(pages.state(), pages.peer().address, (&linked, &password)).await {
            Ok(true) => {
                // Whoever is signed in in this browser may be somebody else, and stays so.
                let chosen = if viewer.is_some() { CHOSEN_ELSEWHERE } else { CHOSEN };
                return Ok(see_other_saying("/sign-in", FlashKind::Success, chosen));
            }
            Ok(false) => return over(&pages),
            Err(PasswordNotHashed::Breached) => FormView::default().with_error("password", BREACHED),
            Err(PasswordNotHashed::Failed(error)) => return Err(error),
        },
        Err(form) => *form,
    };
    pages.show_public(StatusCode::UNPROCESSABLE_ENTITY, &LinkPage::new(&token, form))
}

/// Used, too old, or never one: to a stranger that is all the same.
fn over(pages: &Pages) -> Result<HttpResponse, AppError> {
    pages.show_public(StatusCode::GONE, &LinkOverPage { sends_mail: pages.state().outgoing_mail.is_on() })
}
