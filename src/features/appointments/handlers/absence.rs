//! `GET`, `POST /doctors/{id}/time-off/{id}/visits`.

use actix_web::{HttpResponse, web};

use super::super::{
    forms::{self, AbsenceQuery, VISITS_AT_ONCE},
    pages::{self, AbsencePage, PageOfAbsence},
    policy::ClearAbsence,
    queries,
    service::absence,
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    features::{
        notifications::{self, NewsSubject},
        schedules::{ManagedAbsence, managed_absence},
    },
    state::Pages,
    web::{AppError, Paging, RedisplayedForm, Submitted, query::Filter},
};

/// The visits in an absence, each with what can become of it.
pub(in super::super) async fn show(
    viewer: Allowed<ClearAbsence>,
    ids: web::Path<(i64, i64)>,
    query: Filter<AbsenceQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(query.0.page.as_deref(), VISITS_AT_ONCE)?;
    let absence = found(&viewer, *ids, &pages).await?;
    let page = page(&viewer, &absence, paging, &pages).await?.choosing(query.0.each);
    let viewer = notifications::look_at(&pages, &viewer, NewsSubject::Absence(absence.recorded_at)).await?;
    pages.show(&viewer, &page)
}

/// Does what was chosen, and tells what became of each, above those that are left.
pub(in super::super) async fn handle(
    viewer: Allowed<ClearAbsence>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    // Read first: where the absence is gone, the page that says so has what was typed.
    let sent = forms::absence(submitted.fields()?);
    let absence = found(&viewer, *ids, &pages).await?;
    match sent {
        Ok((chosen, typed)) => match absence::clear(pages.state(), &viewer, &absence, &chosen).await {
            Ok(cleared) => {
                let first = Paging { number: 1, size: VISITS_AT_ONCE };
                let page = page(&viewer, &absence, first, &pages).await?.telling(&viewer, cleared, typed);
                pages.refuse(page.status(), &*viewer, &page)
            }
            Err(AppError::Conflict(why)) => {
                refuse(&viewer, &absence, RedisplayedForm::conflict(typed.with_error("", why)), &pages).await
            }
            Err(error) => Err(error),
        },
        Err(form) => refuse(&viewer, &absence, RedisplayedForm::unprocessable(*form), &pages).await,
    }
}

/// The page from which the form was sent, with what was chosen in it: nothing was done.
async fn refuse(
    viewer: &Viewer,
    absence: &ManagedAbsence,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(form.values.get("page").map(String::as_str), VISITS_AT_ONCE)?;
    let page = page(viewer, absence, paging, pages).await?.refusing(form);
    pages.refuse(status, viewer, &page)
}

async fn found(viewer: &Viewer, ids: (i64, i64), pages: &Pages) -> Result<ManagedAbsence, AppError> {
    managed_absence(viewer, &pages.state().db.reader(), ids).await?.ok_or(AppError::NotFound)
}

/// The page as things stand now. One statement.
async fn page(
    viewer: &Viewer,
    absence: &ManagedAbsence,
    paging: Paging,
    pages: &Pages,
) -> Result<AbsencePage, AppError> {
    let present = pages.present();
    let context = PageContext { viewer, present: &present };
    let (state, place) = (pages.state(), pages::place_of(context, absence));
    let found = queries::visits_in_absence(viewer, &state.db.reader(), place, paging).await?;
    let horizon = state.settings.booking.horizon;
    AbsencePage::new(context, absence, PageOfAbsence { paging, found, horizon })
}
