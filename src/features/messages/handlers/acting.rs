//! `POST /appointments/{id}/messages`, `POST /appointments/{id}/messages/read`, `POST /appointments/{id}/messages/{id}/retraction`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    super::{forms, policy::UseThread, service},
    reading::show_again,
};
use crate::{
    access::Allowed,
    session::is_automatic,
    state::Pages,
    web::{AppError, FlashKind, LongSubmitted, Submitted, see_other, see_other_saying},
};

/// Something is said to the other one.
pub(in super::super) async fn send(
    viewer: Allowed<UseThread>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (message, typed) = match forms::message(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return show_again(&viewer, *id, (StatusCode::UNPROCESSABLE_ENTITY, *form), &pages).await,
    };
    match service::send(pages.state(), &viewer, *id, &message).await {
        Ok(()) => Ok(see_other_saying(&path(*id), FlashKind::Success, "Your message is sent.")),
        Err(AppError::Conflict(why)) => {
            show_again(&viewer, *id, (StatusCode::CONFLICT, typed.anew().with_error("", why)), &pages).await
        }
        Err(error) => Err(error),
    }
}

/// Somebody has read up to a message. The page says it by itself, or whoever looks at it presses a button.
pub(in super::super) async fn read(
    viewer: Allowed<UseThread>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let last = forms::read(submitted.fields()?)?;
    service::mark_read(pages.state(), &viewer, *id, last).await?;
    if is_automatic() {
        // A way on would look like the way to where one signs in.
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(see_other(&path(*id)))
}

/// Somebody takes back what they said.
pub(in super::super) async fn take_back(
    viewer: Allowed<UseThread>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    service::take_back(pages.state(), &viewer, *ids).await?;
    Ok(see_other_saying(
        &path(ids.0),
        FlashKind::Success,
        "Your message is taken back. Nobody here is shown it any more.",
    ))
}

fn path(id: i64) -> String {
    format!("/appointments/{id}/messages")
}
