//! What is sent about a note, by whom, and what is answered when nothing is done with it: the same for drafts, signatures and addenda.

use std::ops::ControlFlow;

use actix_web::{HttpResponse, http::StatusCode};

use super::super::{pages::NotePage, policy::WriteNote, queries, service::NotWritten};
use crate::{
    access::{Allowed, Viewer},
    state::Pages,
    web::{AppError, FormView, LongSubmitted, Present, RefusedForm, forms::Fields, is_program, told_refused},
};

/// A form of somebody who is signed in, understood; with what was typed.
pub(super) struct Sent<T> {
    pub(super) viewer: Allowed<WriteNote>,
    pub(super) command: T,
    pub(super) typed: FormView,
}

/// A form as it is understood, with what was typed; else the form to show again.
type Understood<T> = Result<(T, FormView), Box<FormView>>;

/// The form that was sent about the visit `id`, as `read` understands it; or what is answered instead.
pub(super) async fn receive<T>(
    viewer: Allowed<WriteNote>,
    (id, submitted): (i64, LongSubmitted),
    read: fn(Fields) -> Understood<T>,
    pages: &Pages,
) -> Result<ControlFlow<HttpResponse, Sent<T>>, AppError> {
    match read(submitted.fields()?) {
        Ok((command, typed)) => Ok(ControlFlow::Continue(Sent { viewer, command, typed })),
        Err(form) => {
            let form = (StatusCode::UNPROCESSABLE_ENTITY, *form);
            show_again(&viewer, id, form, pages).await.map(ControlFlow::Break)
        }
    }
}

/// The page as it is now, with what was typed and why nothing was done.
pub(super) async fn refuse(
    viewer: &Viewer,
    id: i64,
    (why, typed): (NotWritten, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let (status, form) = match why {
        NotWritten::Stale => (StatusCode::CONFLICT, typed.with_error("", STALE)),
        NotWritten::Signed => (StatusCode::CONFLICT, typed.with_error("", SIGNED)),
        NotWritten::Missing(fields) => {
            let told = fields.into_iter().fold(typed, |form, (field, what)| form.with_error(field, what));
            (StatusCode::UNPROCESSABLE_ENTITY, told)
        }
        NotWritten::Failed(error @ AppError::TooManyRequests(_)) => {
            let refused = RefusedForm::of(error, TOO_OFTEN)?;
            let form = (refused.status, typed.with_error("", refused.why.as_str()));
            return show_again(viewer, id, form, pages).await.map(|answer| refused.told_by(answer));
        }
        NotWritten::Failed(error) => return Err(error),
    };
    show_again(viewer, id, (status, form), pages).await
}

const TOO_OFTEN: &str =
    "This was saved too often within a minute, so this time nothing was stored. Wait a little, then save.";

const STALE: &str = "The note was saved elsewhere after you opened it, so nothing was stored. What you typed is in the fields, what is \
                     stored is told beside it. Put together what is right, then save.";
const SIGNED: &str =
    "The note is signed, so nothing of it changes any more. What you typed is below: put it into an addendum.";

/// The same for a form that was refused before anything was tried.
async fn show_again(
    viewer: &Viewer,
    id: i64,
    (status, form): (StatusCode, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    if is_program(pages.request()) {
        return Ok(told_refused(status, &form));
    }
    let state = pages.state();
    let record = queries::written(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?;
    let record = record.open(state, viewer).await?;
    let present = Present::new(state.clock.now(), None);
    let is_stale = status == StatusCode::CONFLICT;
    let page = record.map(|record| NotePage::new(viewer, &present, record).refusing(form, is_stale));
    pages.refuse_clinical(status, viewer, &page)
}
