//! `POST /appointments/{id}/correction`.

use actix_web::{HttpResponse, web};

use super::{
    super::{
        forms, pages,
        policy::CorrectAppointment,
        service::correcting::{self, NotCorrected},
    },
    steps::show_refused,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, RedisplayedForm, Submitted, see_other_saying},
};

/// What was recorded last is taken back.
pub(in super::super) async fn correct(
    viewer: Allowed<CorrectAppointment>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let refused = match forms::correction(submitted.fields()?) {
        Ok((change, typed)) => match correcting::correct(pages.state(), &viewer, *id, &change).await {
            Ok(()) => return Ok(see_other_saying(&format!("/appointments/{id}"), FlashKind::Success, TAKEN_BACK)),
            Err(NotCorrected::NoReason(why)) => RedisplayedForm::unprocessable(typed.with_error("reason", why)),
            Err(NotCorrected::Failed(AppError::Conflict(why))) => RedisplayedForm::conflict(typed.with_error("", why)),
            Err(NotCorrected::Failed(error)) => return Err(error),
        },
        Err(form) => RedisplayedForm::unprocessable(*form),
    };
    show_refused(&viewer, *id, refused, (&pages, pages::Show::refusing_correction)).await
}

const TAKEN_BACK: &str = "It is taken back: the visit stands as it did before.";
