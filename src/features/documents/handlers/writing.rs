//! `GET,POST /appointments/{id}/documents`, `POST /documents/{id}/revocation`.

use actix_web::{HttpResponse, web};
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
    web::{
        AppError, Clinical, FlashKind, FormView, LongSubmitted, RedisplayedForm, RefusedForm, Submitted,
        see_other_saying,
    },
};

/// What was issued in a visit, and the form that issues more.
pub(in super::super) async fn of_visit(
    viewer: Allowed<IssueDocument>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let page = page(&viewer, &reader, *id, (FormView::default(), &pages)).await?;
    pages.show_clinical(&*viewer, &page)
}

async fn page(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
    (form, pages): (FormView, &Pages),
) -> Result<Clinical<IssuingPage>, AppError> {
    let visit = queries::visit(viewer, reader, id).await?.ok_or(AppError::NotFound)?;
    let documents = queries::of_visit(viewer, reader, id).await?;
    Ok(Clinical::new(IssuingPage::new(viewer, pages.record_marks(), (&visit, &documents), form)))
}

/// The same with what was typed and why nothing was issued.
async fn issue_again(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let page = page(viewer, &pages.state().db.reader(), id, (form, pages)).await?;
    pages.refuse_clinical(status, viewer, &page)
}

/// A document is issued.
pub(in super::super) async fn issue(
    viewer: Allowed<IssueDocument>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (new, typed) = match forms::new_document(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return issue_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match service::issue(pages.state(), &viewer, *id, &new).await {
        Ok(issued) => Ok(done(issued, "The document is issued.")),
        Err(error) => not_issued(&viewer, *id, (error, typed), &pages).await,
    }
}

/// The form again with what was typed and why it has issued nothing; by another word, unless it can be sent as it is.
async fn not_issued(
    viewer: &Viewer,
    id: i64,
    (error, typed): (AppError, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let refused = RefusedForm::of(error, MANY)?;
    let typed = if refused.wait.is_some() { typed } else { typed.anew() };
    let answer = issue_again(viewer, id, refused.above(typed), pages).await?;
    Ok(refused.told_by(answer))
}

const MANY: &str = "You have issued 30 documents within the last hour, so this one was not issued. What you typed is in the fields: wait a while, then \
                    issue it.";

/// A document counts no more.
pub(in super::super) async fn revoke(
    viewer: Allowed<IssueDocument>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (revocation, typed) = match forms::revocation(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return revoke_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match service::revoke(pages.state(), &viewer, *id, &revocation).await {
        Ok(()) => Ok(done(*id, "The document is revoked.")),
        Err(AppError::Conflict(why)) => {
            revoke_again(&viewer, *id, RedisplayedForm::conflict(typed.with_error("", why)), &pages).await
        }
        Err(error) => Err(error),
    }
}

/// The document as it is now, with what was typed and why it was not revoked.
async fn revoke_again(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    // To whom it is not theirs to revoke, there is nothing to correct.
    if viewer.role() != Role::Doctor {
        return Err(AppError::NotFound);
    }
    let state = pages.state();
    let (_, sealed) = queries::record(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?;
    let record = sealed.open(state, viewer).await?;
    let page = record.map(|record| Paper::new(viewer, pages.record_marks(), record).refusing(form));
    pages.refuse_clinical(status, viewer, &page)
}

fn done(id: i64, what: &'static str) -> HttpResponse {
    see_other_saying(&format!("/documents/{id}"), FlashKind::Success, what)
}
