//! `POST /appointments/{id}/answers`, `POST /appointments/{id}/opening`.

use actix_web::{HttpResponse, web};

use super::{
    super::{
        forms,
        policy::{AnswerOpening, CheckOpening},
        service::opening::{self, NotChecked},
    },
    room,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, FormView, RedisplayedForm, Submitted, see_other_saying},
};

/// The patient says where they are and how they are reached.
pub(in super::super) async fn answer(
    viewer: Allowed<AnswerOpening>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (answers, typed) = match forms::answers(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return room::show_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match opening::answer(pages.state(), &viewer, *id, &answers).await {
        Ok(()) => Ok(back(*id, "Your answers are kept. Your doctor sees them.")),
        Err(AppError::Conflict(why)) => {
            room::show_again(&viewer, *id, RedisplayedForm::conflict(typed.with_error("", why)), &pages).await
        }
        Err(error) => Err(error),
    }
}

/// The doctor has made sure of it, or says why it was gone without.
pub(in super::super) async fn check(
    viewer: Allowed<CheckOpening>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (check, typed) = match forms::opening(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return room::show_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    let refused = match opening::check(pages.state(), &viewer, *id, &check).await {
        Ok(()) => return Ok(back(*id, "It is kept with the visit.")),
        Err(NotChecked::Missing(missing)) => {
            let with = |form: FormView, (field, why): (&str, &str)| form.with_error(field, why);
            RedisplayedForm::unprocessable(missing.into_iter().fold(typed, with))
        }
        Err(NotChecked::Failed(AppError::Conflict(why))) => RedisplayedForm::conflict(typed.with_error("", why)),
        Err(NotChecked::Failed(error)) => return Err(error),
    };
    room::show_again(&viewer, *id, refused, &pages).await
}

fn back(id: i64, said: &'static str) -> HttpResponse {
    see_other_saying(&format!("/appointments/{id}/room"), FlashKind::Success, said)
}
