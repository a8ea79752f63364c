//! `GET,POST /appointments/{id}/call/signals`.

use actix_web::{HttpResponse, web};

use super::{
    super::{participant::Participant, policy::TakePart},
    answers,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, SentJson},
};

/// One page of a call says something to another.
pub(in super::super) async fn send(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    sent: SentJson,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::say(&pages, Participant::Party(&viewer), *id, sent).await
}

/// What was said to one of the viewer's pages, and to nobody else.
pub(in super::super) async fn heard(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::heard(&pages, Participant::Party(&viewer), *id).await
}
