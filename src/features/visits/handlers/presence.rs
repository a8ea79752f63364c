//! `POST /appointments/{id}/presence`.

use actix_web::{FromRequest as _, HttpResponse, web};

use super::super::{policy::EnterRoom, service::presence};
use crate::{
    access::{Allowed, SessionHolder},
    features::calls::{self, Beat, PeerOfVisit, PeerOwner, Sign},
    session::KeyHash,
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
    let fields = submitted.fields()?;
    let sign = Sign::read(&fields);
    let is_known = match sign {
        Some(sign @ (Sign::Here | Sign::Hidden)) => presence::renew(pages.state(), (&holder, *id), sign).await?,
        Some(Sign::Leaving) | None => false,
    };
    if !is_known {
        let viewer = Allowed::<EnterRoom>::extract(pages.request()).await?;
        let sign = sign.ok_or(AppError::Unprocessable("state is here, hidden or leaving"))?;
        presence::sign(pages.state(), &viewer, *id, sign).await?;
    }
    if let Some((key, sign)) = fields.get("call").zip(sign)
        && note_call(&holder, PeerOfVisit { visit: *id, key }, sign, &pages).await?
    {
        return Ok(HttpResponse::NoContent().insert_header((SESSION_USED, "1")).finish());
    }
    Ok(HttpResponse::NoContent().finish())
}

/// The header of the answer to a sign that was use of the session: the page need not tell of its end.
const SESSION_USED: &str = "x-session-used";

/// Whoever speaks with somebody uses the session, though for an hour they press nothing; whether they do.
async fn note_call(
    holder: &SessionHolder,
    PeerOfVisit { visit, key }: PeerOfVisit<'_>,
    sign: Sign,
    pages: &Pages,
) -> Result<bool, AppError> {
    // A page that is hidden is there for as long in the call as in the room.
    let lease = (sign != Sign::Leaving).then(|| sign.lease());
    let beat = Beat { owner: PeerOwner::User(holder.user_id), visit, peer: key, lease };
    let is_use = calls::beat(pages.state(), beat).await?;
    if is_use {
        pages.state().sessions.is_in_use(&KeyHash::from_text(holder.key_hash.as_str().into()));
    }
    Ok(is_use)
}
