//! `POST /appointments/{id}/call/end`.

use actix_web::{HttpResponse, web};

use super::super::{forms, policy::TakePart, service};
use crate::{
    access::Allowed,
    session::is_automatic,
    state::Pages,
    web::{AppError, Submitted, see_other},
};

/// Somebody hangs up. The visit goes on in its room.
pub(in super::super) async fn hang_up(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let peer = forms::hang_up(submitted.fields()?)?;
    service::hang_up(pages.state(), &viewer, *id, peer.as_deref()).await?;
    if is_automatic() {
        // A way on would look like the way to where one signs in.
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(see_other(&format!("/appointments/{id}/room")))
}
