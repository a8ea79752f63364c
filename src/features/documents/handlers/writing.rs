//! `GET,POST /appointments/{id}/documents`, `POST /documents/{id}/revocation`.

use actix_web::{HttpResponse, http::StatusCode, web};
use entity::enums::Role;

use super::super::{
    forms,
    pages::{IssuingPage, Paper},
    policy::IssueDocument,
    queries, service,
};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    state::Pages,
    web::{AppError, Clinical, FlashKind, FormView, LongSubmitted, Submitted, see_other_saying},
};

/// What was issued in a visit, and the form that issues more.
pub(in super::super) async fn of_visit(
    viewer: Allowed<IssueDocument>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let page = page(&viewer, &reader, *id, FormView::default()).await?;
    pages.show_clinical(&*viewer, &page)
}

async fn page(viewer: &Viewer, reader: &Reader, id: i64, form: FormView) -> Result<Clinical<IssuingPage>, AppError> {
    let visit = queries::visit(viewer, reader, id).await?.ok_or(AppError::NotFound)?;
    let documents = queries::of_visit(viewer, reader, id).await?;
    Ok(Clinical::new(IssuingPage::new(viewer, (&visit, &documents), form)))
}

/// A document is issued.
pub(in super::super) async fn issue(
    viewer: Allowed<IssueDocument>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let new = match forms::new_document(submitted.fields()?) {
        Ok((new, _typed)) => new,
        Err(form) => {
            let page = page(&viewer, &state.db.reader(), *id, *form).await?;
            return pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page);
        }
    };
    let issued = service::issue(state, &viewer, *id, &new).await?;
    Ok(see_other_saying(&format!("/documents/{issued}"), FlashKind::Success, "The document is issued."))
}

/// A document counts no more.
pub(in super::super) async fn revoke(
    viewer: Allowed<IssueDocument>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let revocation = match forms::revocation(submitted.fields()?) {
        Ok((revocation, _typed)) => revocation,
        // To whom it is not theirs to revoke, there is nothing to correct.
        Err(_) if viewer.role() != Role::Doctor => return Err(AppError::NotFound),
        Err(form) => {
            let record = queries::record(&viewer, &state.db.reader(), *id).await?.ok_or(AppError::NotFound)?;
            let record = record.open(state, &viewer).await?;
            let page = record.map(|record| Paper::new(&viewer, record).refusing(*form));
            return pages.refuse_clinical(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page);
        }
    };
    service::revoke(state, &viewer, *id, &revocation).await?;
    Ok(see_other_saying(&format!("/documents/{}", *id), FlashKind::Success, "The document is revoked."))
}
