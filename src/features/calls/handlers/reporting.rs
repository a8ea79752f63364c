//! `POST /appointments/{id}/call/report`.

use actix_web::{HttpResponse, web};

use super::{
    super::{participant::Participant, policy::TakePart},
    answers,
};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, Submitted},
};

/// A page tells how the call goes.
pub(in super::super) async fn report(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::report(&pages, Participant::Party(&viewer), *id, submitted.fields()?).await
}
