//! `POST /appointments/{id}/call`.

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

/// A page joins the call of its visit, or begins it.
pub(in super::super) async fn join(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::join(&pages, Participant::Party(&viewer), *id, submitted.fields()?).await
}
