//! `GET /appointments/new?walk_in=on`, and `POST /appointments` with it: somebody is here without a visit.

use actix_web::{HttpResponse, http::StatusCode};

use super::super::{forms::BookingDraft, pages::WalkInForm, queries};
use crate::{
    access::Viewer,
    db::Reader,
    state::Pages,
    web::{AppError, Clinical, FormView},
};

/// The form: who it is, and who is to see them.
pub(super) async fn show(viewer: &Viewer, draft: BookingDraft, pages: &Pages) -> Result<HttpResponse, AppError> {
    let page = form(viewer, &pages.state().db.reader(), draft).await?;
    pages.show_clinical(viewer, &page)
}

/// The same with why nobody was added, and with the token of the form that was sent, if it is to be sent as it was.
pub(super) async fn refuse(
    viewer: &Viewer,
    (status, form): (StatusCode, FormView),
    token: Option<String>,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = self::form(viewer, &pages.state().db.reader(), BookingDraft::again(form)).await?;
    pages.refuse_clinical(status, viewer, &page.map(|page| page.with_token(token)))
}

async fn form(viewer: &Viewer, reader: &Reader, draft: BookingDraft) -> Result<Clinical<WalkInForm>, AppError> {
    let parties = queries::offered(viewer, reader, (draft.patient_id, &draft.search)).await?;
    Ok(Clinical::new(WalkInForm::new(viewer, draft, &parties)))
}
