//! `POST /appointments/{id}/guests`.

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::room;
use crate::{
    access::{Allowed, Viewer},
    features::guests::{self, ManageGuests},
    state::Pages,
    web::{AppError, FormView, RefusedForm, Submitted, is_program, told, told_refused},
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
        Err(form) => return refused(&viewer, *id, (StatusCode::UNPROCESSABLE_ENTITY, *form), &pages).await,
    };
    match guests::invite(pages.state(), &viewer, *id, &new).await {
        Ok(guest) if is_program(pages.request()) => {
            Ok(told(StatusCode::OK, &json!({"who": guest.who, "link": guest.link})))
        }
        Ok(guest) => room::show_invited(&viewer, *id, guest, &pages).await,
        Err(error) => {
            let why = RefusedForm::of(error, TOO_OFTEN)?;
            let form = (why.status, typed.anew().with_error("", why.why.as_str()));
            Ok(why.told_by(refused(&viewer, *id, form, &pages).await?))
        }
    }
}

async fn refused(
    viewer: &Viewer,
    id: i64,
    (status, form): (StatusCode, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    if is_program(pages.request()) {
        return Ok(told_refused(status, &form));
    }
    room::refuse_invitation(viewer, id, (status, form), pages).await
}
