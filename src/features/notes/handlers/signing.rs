//! `POST /appointments/{id}/note/signature`, `POST /appointments/{id}/note/addenda`.

use std::ops::ControlFlow::{Break, Continue};

use actix_web::{HttpResponse, web};

use super::{
    super::{forms, policy::WriteNote, service},
    sent::{Sent, receive, refuse},
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, LongSubmitted, see_other_saying},
};

/// The note stands from now on.
pub(in super::super) async fn sign(
    viewer: Allowed<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Sent { viewer, command, typed } = match receive(viewer, (*id, submitted), forms::signature, &pages).await? {
        Continue(sent) => sent,
        Break(answer) => return Ok(answer),
    };
    match service::sign(pages.state(), &viewer, *id, &command).await {
        Ok(()) => Ok(done(*id, "The note is signed.")),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

/// Something is put beneath a signed note.
pub(in super::super) async fn add(
    viewer: Allowed<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Sent { viewer, command, typed } = match receive(viewer, (*id, submitted), forms::addition, &pages).await? {
        Continue(sent) => sent,
        Break(answer) => return Ok(answer),
    };
    match service::add(pages.state(), &viewer, *id, &command).await {
        Ok(()) => Ok(done(*id, "It stands beneath the note now.")),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

fn done(id: i64, what: &'static str) -> HttpResponse {
    see_other_saying(&format!("/appointments/{id}/note"), FlashKind::Success, what)
}
