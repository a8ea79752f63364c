//! `POST /appointments/{id}/modality`.

use actix_web::{HttpResponse, web};

use super::super::{forms, pages, policy::DecideAppointment, queries, service::holding};
use crate::{
    access::{Allowed, Viewer},
    state::Pages,
    web::{AppError, FlashKind, Present, RedisplayedForm, Submitted, see_other_saying},
};

/// The visit is held in another way, with a reason.
pub(in super::super) async fn change_modality(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (change, typed) = match forms::modality_change(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return show_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match holding::change_modality(pages.state(), &viewer, *id, &change).await {
        Ok(()) => {
            Ok(see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, holding::done(change.modality)))
        }
        Err(AppError::Conflict(why)) => {
            show_again(&viewer, *id, RedisplayedForm::conflict(typed.with_error("", why)), &pages).await
        }
        Err(error) => Err(error),
    }
}

/// The visit's page as it is now, with what was typed and why nothing was changed.
async fn show_again(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let record =
        queries::record(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?.open(state, viewer).await?;
    let present = Present::new(state.clock.now(), None);
    let marks = pages.record_marks();
    let page = record.map(|record| pages::Show::new(viewer, &present, marks, record).refusing_modality(form));
    pages.refuse_clinical(status, viewer, &page)
}
