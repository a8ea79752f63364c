//! `GET /appointments/{id}/ice`.

use actix_web::{HttpResponse, web};

use super::{
    super::{participant::Participant, policy::TakePart},
    answers,
};
use crate::{access::Allowed, state::Pages, web::AppError};

/// Through which relays the call of this visit may go, with credentials for a while.
pub(in super::super) async fn show(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::relays(&pages, Participant::Party(&viewer), *id).await
}
