//! `POST /appointments/{id}/call/report`.

use actix_web::{HttpResponse, web};

use super::super::{forms, policy::TakePart, service};
use crate::{
    access::Allowed,
    state::Pages,
    web::{AppError, Submitted},
};

/// A page tells how the call goes.
pub(in super::super) async fn report(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let report = forms::report(submitted.fields()?)?;
    service::report(pages.state(), &viewer, *id, &report).await?;
    Ok(HttpResponse::NoContent().finish())
}
