//! Passkeys: what a browser is asked, which a script fetches, and the forms with its answers.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue},
    },
    web,
};
use serde_json::Value;

use super::{
    super::{
        passkey_forms,
        pending::PendingSignIn,
        proof::RecentlyProved,
        queries,
        service::passkeys::{self, Added, Occasion, Removed},
    },
    done,
    second_factor::{self, HERE},
};
use crate::{
    access::{Allowed, SignedIn, Visitor},
    state::Pages,
    web::{AppError, FormView, Submitted},
};

pub(super) const REFUSED: &str = "This passkey was not accepted: it took too long, or it is another site's. Try again.";
pub(super) const TAKEN: &str = "This passkey is in use already.";
const OVER: &str = "Sign in once more: it took too long, or something about the account has changed.";
const LAST: &str = "You must have a second factor, and this is the last, so it stays.";

/// What a new passkey is made with.
pub(in super::super) async fn ask_for_new(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    Ok(json(&passkeys::ask_for_new(pages.state(), &viewer).await?))
}

/// What a passkey signs before what a stranger must not do.
pub(in super::super) async fn ask_once_more(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let occasion = Occasion::Proof(&viewer.key_hash);
    Ok(json(&passkeys::ask_for_one(pages.state(), viewer.user_id, occasion).await?))
}

/// What a passkey signs after a right password; or what one is made with, by whoever has no second factor and must have one.
pub(in super::super) async fn ask_at_sign_in(
    _: Visitor,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let state = pages.state();
    let over = || AppError::Conflict(OVER.to_owned());
    let pending = PendingSignIn::of(pages.request(), &state.settings, state.clock.now()).ok_or_else(over)?;
    let account = queries::credentials_by_id(&state.db.reader(), pending.user_id).await?;
    let account = account.filter(|account| pending.is_of(&state.settings.secret_key, account)).ok_or_else(over)?;
    Ok(json(&match account.has_factor() {
        true => passkeys::ask_for_one(state, account.id, Occasion::SignIn(&pending.nonce)).await?,
        // Who is between the two steps without one must have one.
        false => passkeys::ask_for_first(state, &account, &pending.nonce).await?,
    }))
}

/// Adds a passkey.
pub(in super::super) async fn create(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let form = match passkey_forms::made(submitted.fields()?) {
        Ok((name, answer)) => match passkeys::add(pages.state(), &viewer, &name, &answer).await? {
            Added::Done => return Ok(done(HERE, "Your passkey is added.")),
            Added::DoneWith(codes) => return second_factor::show_codes(&viewer, &pages, codes),
            Added::Refused => named(&name, REFUSED),
            Added::Taken => named(&name, TAKEN),
        },
        Err(form) => *form,
    };
    let page = second_factor::page(&viewer, &pages, form).await?;
    pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
}

/// Removes one.
pub(in super::super) async fn destroy(
    viewer: RecentlyProved<SignedIn>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    match passkeys::remove(pages.state(), &viewer, id.into_inner()).await? {
        Removed::Done => Ok(done(HERE, "That passkey is removed.")),
        Removed::MustHaveOne => Err(AppError::Conflict(LAST.to_owned())),
        Removed::NotTheirs => Err(AppError::NotFound),
    }
}

pub(super) fn named(name: &str, error: &str) -> FormView {
    FormView::filled([("name", name.to_owned())]).with_error("name", error)
}

/// For a script, and for this one time.
fn json(options: &Value) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store"))).json(options)
}
