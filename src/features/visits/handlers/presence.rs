//! `POST /appointments/{id}/presence`.

use actix_web::{HttpResponse, web};

use super::super::{forms, policy::EnterRoom, service::presence};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, Submitted},
};

/// A sign of life from the room, sent by the page itself.
pub(in super::super) async fn sign(
    viewer: Allowed<EnterRoom>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let sign = forms::sign(&submitted.fields()?).ok_or(AppError::Unprocessable("state is here or leaving"))?;
    presence::sign(pages.state(), &viewer, *id, sign).await?;
    Ok(HttpResponse::NoContent().finish())
}
