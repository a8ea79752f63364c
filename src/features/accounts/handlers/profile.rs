//! `/profile` and `/profile/password`: what people say of themselves.

use actix_web::{HttpResponse, http::StatusCode};
use chrono::NaiveDate;

use super::{
    super::{
        forms,
        hashing::BREACHED,
        pages::profile::ProfilePage,
        queries::{self, Profile},
        request_session::RequestSession,
        service::{
            password::{self, PasswordChanged},
            profile::{self, ProfileSaved},
        },
    },
    still_known,
};
use crate::{
    access::{Allowed, SignedIn, Viewer},
    db::Reader,
    state::{AppState, Pages},
    web::{AppError, Clinical, FlashKind, FormView, Submitted, see_other_saying},
};

const STALE: &str = "Your profile was changed after you opened the form. What you typed is below; where something else is stored now, \
                     that stands beside it. Save once more to keep what you typed.";
const SAVED: &str = "Your profile is saved.";
const PASSWORD_CHANGED: &str = "Your password is changed. Every other browser is signed out.";

pub(in super::super) async fn edit(
    viewer: Allowed<SignedIn>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let profile = queries::profile(&viewer, &reader).await?;
    let page = profile_page(&viewer, &profile, &pages).await?;
    pages.show_clinical(&*viewer, &page)
}

pub(in super::super) async fn update(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let fields = submitted.fields()?;
    let state = pages.state();
    let today = today(state, &viewer);
    let current = queries::profile(&viewer, &reader).await?;
    let (status, form) = match forms::profile(fields, &current, today) {
        Ok((change, typed)) => match profile::update(state, &viewer, &change).await? {
            ProfileSaved::Done => return Ok(see_other_saying("/profile", FlashKind::Success, SAVED)),
            ProfileSaved::Stale => {
                // As it is now, and under its version: sent once more it is what the person wants.
                (StatusCode::CONFLICT, current.beside(typed).with_error("", STALE).made_from(current.version()))
            }
        },
        Err(form) => (StatusCode::UNPROCESSABLE_ENTITY, *form),
    };
    let page = profile_page(&viewer, &current, &pages).await?.map(|page| page.with_form(&viewer, &current, form));
    pages.refuse_clinical(status, &*viewer, &page)
}

pub(in super::super) async fn update_password(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    request_session: RequestSession,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let fields = submitted.fields()?;
    let (state, from) = (&request_session.state, &request_session.origin);
    let account = queries::account(&viewer, &state.db.reader()).await?;
    let (profile, stored_hash) = (account.profile, account.password_hash);
    let form = match forms::password(fields, &profile.password_owner(&viewer)) {
        Err(form) => *form,
        Ok(change) => match password::change(state, (&viewer, from), &stored_hash, &change).await? {
            PasswordChanged::Done(ended) => {
                request_session.sign_in(viewer.user_id)?;
                let answer = see_other_saying("/profile", FlashKind::Success, PASSWORD_CHANGED);
                return Ok(still_known(&profile.email, &request_session, ended, answer));
            }
            PasswordChanged::Refused => refused_password(),
            PasswordChanged::Breached => FormView::default().with_error("new_password", BREACHED),
        },
    };
    let page = profile_page(&viewer, &profile, &pages).await?.map(|page| page.with_password_form(form));
    pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
}

fn refused_password() -> FormView {
    FormView::default().with_error("current_password", "This is not your current password.")
}

/// The page of `profile`: a patient opens their record with it.
pub(super) async fn profile_page(
    viewer: &Viewer,
    profile: &Profile,
    pages: &Pages,
) -> Result<Clinical<ProfilePage>, AppError> {
    let state = pages.state();
    let (now, sends_mail) = (state.clock.now(), state.outgoing_mail.is_on());
    let opened = profile::opened(state, viewer, profile).await?;
    Ok(opened.map(|profile| ProfilePage::new(viewer, &profile, now).by_mail(sends_mail)))
}

/// The date where the person is.
fn today(state: &AppState, viewer: &Viewer) -> NaiveDate {
    state.clock.now().with_timezone(&viewer.zone()).date_naive()
}
