//! `/guest/{token}/ice` and `/guest/{token}/call/…`: the same as of the two who meet.

use actix_web::HttpResponse;

use super::super::seat::LetIn;
use crate::{
    features::calls::answers,
    state::Pages,
    web::{AppError, SentJson, Submitted},
};

/// Through which relays the call may go.
pub(in super::super) async fn relays(guest: LetIn, pages: Pages) -> Result<HttpResponse, AppError> {
    answers::relays(&pages, guest.who(), guest.visit()).await
}

/// A guest's page joins the call that goes on.
pub(in super::super) async fn join(guest: LetIn, submitted: Submitted, pages: Pages) -> Result<HttpResponse, AppError> {
    answers::join(&pages, guest.who(), guest.visit(), submitted.fields()?).await
}

/// It says something to another.
pub(in super::super) async fn say(guest: LetIn, sent: SentJson, pages: Pages) -> Result<HttpResponse, AppError> {
    answers::say(&pages, guest.who(), guest.visit(), sent).await
}

/// What was said to it.
pub(in super::super) async fn heard(guest: LetIn, pages: Pages) -> Result<HttpResponse, AppError> {
    answers::heard(&pages, guest.who(), guest.visit()).await
}

/// It tells how the call goes.
pub(in super::super) async fn report(
    guest: LetIn,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    answers::report(&pages, guest.who(), guest.visit(), submitted.fields()?).await
}
