//! `/profile/second-factor` and what is below it: one's own second factor.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    super::{
        forms,
        pages::{
            passkeys::PasskeyList,
            second_factor::{Enrolment, OwnFactorPage, RecoveryCodesPage},
        },
        proof::RecentlyProved,
        second_factor::Secret,
        service::{
            own_factor::{self, Disabled},
            second_factor::{self, FactorStanding},
        },
    },
    done,
};
use crate::{
    access::{Allowed, SignedIn, Viewer},
    state::Pages,
    web::{AppError, FormView, Moment, Submitted},
};

pub(super) const HERE: &str = "/profile/second-factor";

/// What one has, or what one is offered.
pub(in super::super) async fn show(viewer: Allowed<SignedIn>, pages: Pages) -> Result<HttpResponse, AppError> {
    let page = page(&viewer, &pages, FormView::default()).await?;
    pages.show_secret(&*viewer, &page)
}

/// Turns it on with the first code of the app.
pub(in super::super) async fn enable(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let form = match forms::code(submitted.fields()?) {
        Ok((typed, _)) => {
            let state = pages.state();
            let standing = second_factor::standing(&state.db.reader(), viewer.user_id).await?;
            let secret = offered(&viewer, &pages, &standing)?;
            match own_factor::enable(state, &viewer, (&standing, &secret), &typed).await? {
                Some(codes) => return show_codes(&viewer, &pages, codes),
                None => forms::wrong_code(),
            }
        }
        Err((_, form)) => *form,
    };
    let page = page(&viewer, &pages, form).await?;
    pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
}

/// Turns it off.
pub(in super::super) async fn disable(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    match own_factor::disable(pages.state(), &viewer).await? {
        Disabled::Done => Ok(done(HERE, "Your authenticator app is removed.")),
        Disabled::MustHaveOne => {
            Err(AppError::Conflict("You must have a second factor, and this is the last, so it stays.".to_owned()))
        }
    }
}

/// Makes new recovery codes.
pub(in super::super) async fn renew_codes(
    viewer: RecentlyProved<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    match own_factor::renew_codes(pages.state(), &viewer).await? {
        Some(codes) => show_codes(&viewer, &pages, codes),
        None => {
            Err(AppError::Conflict("Recovery codes are for whoever has a second factor. Set one up first.".to_owned()))
        }
    }
}

pub(super) fn show_codes(viewer: &Viewer, pages: &Pages, codes: Vec<String>) -> Result<HttpResponse, AppError> {
    pages.show_secret(viewer, &RecoveryCodesPage { codes, next: HERE.to_owned() })
}

fn offered(viewer: &Viewer, pages: &Pages, standing: &FactorStanding) -> Result<Secret, AppError> {
    let key = &pages.state().settings.secret_key;
    second_factor::offered(key, viewer.user_id, standing, &viewer.key_hash)
        .ok_or_else(|| AppError::internal("a second factor cannot be made"))
}

pub(super) async fn page(viewer: &Viewer, pages: &Pages, form: FormView) -> Result<OwnFactorPage, AppError> {
    let state = pages.state();
    let standing = second_factor::standing(&state.db.reader(), viewer.user_id).await?;
    let since = standing.enabled_at().map(|at| Moment::new(at, viewer.zone()));
    let enrolment = match since {
        Some(_) => None,
        None => Some(Enrolment::new(&offered(viewer, pages, &standing)?, &standing.email)),
    };
    let has_one = usize::from(since.is_some()) + standing.passkeys.len() == 1;
    Ok(OwnFactorPage {
        form,
        since,
        is_last: has_one && own_factor::must_have(state, viewer).await?,
        passkeys: PasskeyList::new(&state.settings, &standing, viewer.zone()),
        codes_left: standing.has_any().then_some(standing.codes_left),
        removal_reason: standing.removal_reason().map(str::to_owned),
        enrolment,
    })
}
