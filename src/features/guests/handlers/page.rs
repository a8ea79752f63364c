//! `GET /guest/{token}`, `POST /guest/{token}/presence`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::super::{
    pages::{GuestPage, standing_in_words},
    seat::ByLink,
    service::presence,
};
use crate::{
    features::calls::{GuestStanding, Sign},
    state::Pages,
    web::{AppError, Submitted, told, with_devices},
};

/// The page on which a guest waits, and takes part in the call. Looking at it says nothing: programs follow links by themselves.
pub(in super::super) async fn show(
    came: ByLink,
    token: web::Path<String>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    Ok(with_devices(pages.show_unkept(&GuestPage::new(&came.guest, came.standing, &token))?))
}

/// The page says that it is there, or goes, and is told whether its guest was let in, and whether there is a call to join.
pub(in super::super) async fn sign(came: ByLink, submitted: Submitted, pages: Pages) -> Result<HttpResponse, AppError> {
    let fields = submitted.fields()?;
    let sign = Sign::read(&fields).ok_or(AppError::Unprocessable("state is here, hidden or leaving"))?;
    let peer = fields.get("call").map(String::as_str);
    presence::sign(pages.state(), &came.guest, (sign, peer)).await?;
    let is_let_in = came.standing == GuestStanding::LetIn;
    let words = standing_in_words(&came.guest, came.standing);
    Ok(told(StatusCode::OK, &json!({"let_in": is_let_in, "call": is_let_in && came.guest.has_call(), "words": words})))
}
