//! `POST /doctors/{id}/delay`.

use actix_web::{HttpResponse, web};

use super::super::{forms, policy::RunLate, service::delay};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, FlashKind, Submitted, see_other_saying},
};

/// The doctor runs late, or does not any more. Those who wait see it.
pub(in super::super) async fn set(
    viewer: Allowed<RunLate>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let said = forms::delay(&submitted.fields()?);
    let said = said.ok_or(AppError::Unprocessable("Say by how many minutes: from 0, for in time, to 120."))?;
    let today = pages.present().date(viewer.zone());
    delay::set(pages.state(), &viewer, (*id, today), said.minutes).await?;
    let path = said.room.map_or_else(|| "/dashboard".to_owned(), |room| format!("/appointments/{room}/room"));
    let told = if said.minutes == 0 { "Nobody is told of a delay any more." } else { "Those who wait see the delay." };
    Ok(see_other_saying(&path, FlashKind::Success, told))
}
