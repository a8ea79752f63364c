//! What is sent about a note, by whom, and what is answered when nothing is done with it: the same for drafts, signatures and addenda.

use std::ops::ControlFlow;

use actix_web::{HttpResponse, http::StatusCode};

use super::super::{pages::NotePage, policy::WriteNote, queries, service::NotWritten};
use crate::{
    access::{Allowed, Viewer},
    state::Pages,
    web::{
        AppError, FormView, LongSubmitted, Present, RedisplayedForm, RefusedForm, forms::Fields, is_program,
        told_refused,
    },
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
            show_again(&viewer, id, RedisplayedForm::unprocessable(*form), pages).await.map(ControlFlow::Break)
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
    let form = match why {
        NotWritten::Stale => RedisplayedForm::conflict(typed.with_error("", STALE)),
        NotWritten::Signed => RedisplayedForm::conflict(typed.with_error("", SIGNED)),
        NotWritten::Missing(fields) => {
            let told = fields.into_iter().fold(typed, |form, (field, what)| form.with_error(field, what));
            RedisplayedForm::unprocessable(told)
        }
        NotWritten::Failed(error @ AppError::TooManyRequests(_)) => {
            let refused = RefusedForm::of(error, TOO_OFTEN)?;
            return show_again(viewer, id, refused.above(typed), pages).await.map(|answer| refused.told_by(answer));
        }
        NotWritten::Failed(error) => return Err(error),
    };
    show_again(viewer, id, form, pages).await
}

const TOO_OFTEN: &str =
    "This was saved too often within a minute, so this time nothing was stored. Wait a little, then save.";

const STALE: &str = "The note was saved elsewhere after you opened it, so nothing was stored. What you typed is in the fields, what is \
                     stored is told beside it. Put together what is right, then save.";
const SIGNED: &str =
    "The note is signed, so nothing of it changes any more. What you typed is below: put it into an addendum.";

/// The same for a form that was refused before anything was tried.
async fn show_again(viewer: &Viewer, id: i64, again: RedisplayedForm, pages: &Pages) -> Result<HttpResponse, AppError> {
    if is_program(pages.request()) {
        return Ok(told_refused(&again));
    }
    let state = pages.state();
    let record = queries::written(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?;
    let record = record.open(state, viewer).await?;
    let present = Present::new(state.clock.now(), None);
    let RedisplayedForm { status, form } = again;
    let is_stale = status == StatusCode::CONFLICT;
    let shown = |record| NotePage::new(viewer, &present, pages.record_marks(), record);
    let page = record.map(|record| shown(record).refusing(form, is_stale));
    pages.refuse_clinical(status, viewer, &page)
}
