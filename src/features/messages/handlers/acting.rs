//! `POST /appointments/{id}/messages`, `POST /appointments/{id}/messages/read`, `POST /appointments/{id}/messages/{id}/retraction`.

use actix_web::{HttpResponse, web};

use super::{
    super::{
        forms,
        policy::UseThread,
        service::{self, Unsent},
    },
    reading::show_again,
};
use crate::{
    access::{Allowed, Viewer},
    session::is_automatic,
    state::Pages,
    web::{
        AppError, FlashKind, FormView, Received, RedisplayedForm, RefusedForm, Submitted, Upload, see_other,
        see_other_saying,
    },
};

/// Something is said to the other one, with a file or without.
pub(in super::super) async fn send(
    viewer: Allowed<UseThread>,
    id: web::Path<i64>,
    upload: Upload,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Received { fields, file } = upload.receive(viewer.user_id).await?;
    let (message, typed) = match forms::message(fields) {
        Ok(understood) => understood,
        Err(form) => return show_again(&viewer, *id, RedisplayedForm::unprocessable(*form), &pages).await,
    };
    match service::send(pages.state(), &viewer, *id, (&message, file)).await {
        Ok(()) => Ok(see_other_saying(&path(*id), FlashKind::Success, "Your message is sent.")),
        Err(why) => not_sent(&viewer, *id, (why, typed), &pages).await,
    }
}

const MANY: &str = "You have sent 30 messages within a minute, so this one was not sent. What you typed is below: wait a minute, then send it.";

/// The thread with what was typed and why it was not sent; the form by another word, unless it can be sent as it is, or with another file.
async fn not_sent(
    viewer: &Viewer,
    id: i64,
    (why, typed): (Unsent, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let error = match why {
        Unsent::File(refused) => {
            let form = typed.with_error("file", refused.sentence());
            return show_again(viewer, id, RedisplayedForm { status: refused.status(), form }, pages).await;
        }
        Unsent::Message(error) => error,
    };
    let refused = RefusedForm::of(error, MANY)?;
    let typed = if refused.wait.is_some() { typed } else { typed.anew() };
    let answer = show_again(viewer, id, refused.above(typed), pages).await?;
    Ok(refused.told_by(answer))
}

/// Somebody has read up to a message. The page says it by itself, or whoever looks at it presses a button.
pub(in super::super) async fn read(
    viewer: Allowed<UseThread>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let last = forms::read(submitted.fields()?)?;
    service::mark_read(pages.state(), &viewer, *id, last).await?;
    if is_automatic() {
        // A way on would look like the way to where one signs in.
        return Ok(HttpResponse::NoContent().finish());
    }
    Ok(see_other(&path(*id)))
}

/// Somebody takes back what they said.
pub(in super::super) async fn take_back(
    viewer: Allowed<UseThread>,
    ids: web::Path<(i64, i64)>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    service::take_back(pages.state(), &viewer, *ids).await?;
    Ok(see_other_saying(
        &path(ids.0),
        FlashKind::Success,
        "Your message is taken back. Nobody here is shown it any more.",
    ))
}

fn path(id: i64) -> String {
    format!("/appointments/{id}/messages")
}
