//! `POST /appointments/{id}/guests/{id}/admission`, `POST /appointments/{id}/guests/{id}/removal`.

use actix_web::{HttpResponse, web};

use super::super::{policy::ManageGuests, service};
use crate::{
    access::Allowed,
    features::calls::VisitGuestId,
    state::Pages,
    web::{AppError, FlashKind, Submitted, see_other_saying},
};

/// The doctor lets a guest in.
pub(in super::super) async fn admit(
    viewer: Allowed<ManageGuests>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let (visit, guest) = *ids;
    service::admit(pages.state(), &viewer, VisitGuestId { visit, guest }).await?;
    Ok(done(visit, "The guest is let in."))
}

/// The doctor removes one, who is out of the call at once.
pub(in super::super) async fn remove(
    viewer: Allowed<ManageGuests>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    let (visit, guest) = *ids;
    service::remove(pages.state(), &viewer, VisitGuestId { visit, guest }).await?;
    Ok(done(visit, "The guest is removed, and the link leads nowhere any more."))
}

fn done(id: i64, said: &'static str) -> HttpResponse {
    see_other_saying(&format!("/appointments/{id}/room"), FlashKind::Success, said)
}
