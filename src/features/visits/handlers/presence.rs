//! `POST /appointments/{id}/presence`.

use actix_web::{FromRequest as _, HttpResponse, web};

use super::super::{
    forms::{self, Sign},
    policy::EnterRoom,
    service::presence,
};
use crate::{
    access::{Allowed, SessionHolder},
    state::Pages,
    web::{AppError, Submitted},
};

/// A sign of life from the room, sent by the page itself. Of whoever is known to be there nothing is asked but that it is their room.
pub(in super::super) async fn sign(
    holder: SessionHolder,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let sign = forms::sign(&submitted.fields()?);
    let is_known = match sign {
        Some(sign @ (Sign::Here | Sign::Hidden)) => presence::renew(pages.state(), (&holder, *id), sign).await?,
        Some(Sign::Leaving) | None => false,
    };
    if !is_known {
        let viewer = Allowed::<EnterRoom>::extract(pages.request()).await?;
        let sign = sign.ok_or(AppError::Unprocessable("state is here, hidden or leaving"))?;
        presence::sign(pages.state(), &viewer, *id, sign).await?;
    }
    Ok(HttpResponse::NoContent().finish())
}
