//! `POST /appointments/{id}/guests`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::room;
use crate::{
    access::{Allowed, Viewer},
    features::guests::{self, ManageGuests},
    state::Pages,
    web::{AppError, RedisplayedForm, RefusedForm, Submitted, is_program, told, told_refused},
};

const TOO_OFTEN: &str = "You have invited many within an hour, so this time nobody was. Wait a little, then try again.";

/// The doctor invites somebody to the call. The answer is the room with the link, this once: it is kept nowhere.
pub(in super::super) async fn invite(
    viewer: Allowed<ManageGuests>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (new, typed) = match guests::new_guest(submitted.fields()?) {
        Ok(understood) => understood,
        Err(form) => return refused(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match guests::invite(pages.state(), &viewer, *id, &new).await {
        Ok(guest) if is_program(pages.request()) => {
            Ok(told(StatusCode::OK, &json!({"who": guest.who, "link": guest.link})))
        }
        Ok(guest) => room::show_invited(&viewer, *id, guest, &pages).await,
        Err(error) => {
            let why = RefusedForm::of(error, TOO_OFTEN)?;
            Ok(why.told_by(refused(&viewer, *id, why.above(typed.anew()), &pages).await?))
        }
    }
}

async fn refused(viewer: &Viewer, id: i64, again: RedisplayedForm, pages: &Pages) -> Result<HttpResponse, AppError> {
    if is_program(pages.request()) {
        return Ok(told_refused(&again));
    }
    room::refuse_invitation(viewer, id, again, pages).await
}
