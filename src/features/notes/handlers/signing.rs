//! `POST /appointments/{id}/note/signature`, `POST /appointments/{id}/note/addenda`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    super::{forms, policy::WriteNote, service},
    writing::{refuse, show_again, signed_out},
};
use crate::{
    access::AllowedOrOut,
    state::Pages,
    web::{AppError, FlashKind, LongSubmitted, see_other_saying},
};

/// The note stands from now on.
pub(in super::super) async fn sign(
    asked: AllowedOrOut<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let viewer = match asked.0 {
        Ok(viewer) => viewer,
        Err(out) => return signed_out(out, submitted, &pages),
    };
    let (signature, typed) = match forms::signature(submitted.fields()?) {
        Ok(signature) => signature,
        Err(form) => return show_again(&viewer, *id, (StatusCode::UNPROCESSABLE_ENTITY, *form), &pages).await,
    };
    match service::sign(pages.state(), &viewer, *id, &signature).await {
        Ok(()) => Ok(done(*id, "The note is signed.")),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

/// Something is put beneath a signed note.
pub(in super::super) async fn add(
    asked: AllowedOrOut<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let viewer = match asked.0 {
        Ok(viewer) => viewer,
        Err(out) => return signed_out(out, submitted, &pages),
    };
    let (addition, typed) = match forms::addition(submitted.fields()?) {
        Ok(addition) => addition,
        Err(form) => return show_again(&viewer, *id, (StatusCode::UNPROCESSABLE_ENTITY, *form), &pages).await,
    };
    match service::add(pages.state(), &viewer, *id, &addition).await {
        Ok(()) => Ok(done(*id, "It stands beneath the note now.")),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

fn done(id: i64, what: &'static str) -> HttpResponse {
    see_other_saying(&format!("/appointments/{id}/note"), FlashKind::Success, what)
}
