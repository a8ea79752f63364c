//! `POST /appointments/{id}/modality`.

use actix_web::{HttpResponse, web};

use super::{
    super::{forms, pages, policy::DecideAppointment, service::holding},
    steps::show_refused,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, RedisplayedForm, Submitted, see_other_saying},
};

/// The visit is held in another way, with a reason.
pub(in super::super) async fn change_modality(
    viewer: Allowed<DecideAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let show_again = |refused| show_refused(&viewer, *id, refused, (&pages, pages::Show::refusing_modality));
    let (change, typed) = match forms::modality_change(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return show_again(RedisplayedForm::unprocessable(*form)).await,
    };
    match holding::change_modality(pages.state(), &viewer, *id, &change).await {
        Ok(()) => {
            Ok(see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, holding::done(change.modality)))
        }
        Err(AppError::Conflict(why)) => show_again(RedisplayedForm::conflict(typed.with_error("", why))).await,
        Err(error) => Err(error),
    }
}
