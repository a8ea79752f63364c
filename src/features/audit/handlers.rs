//! `GET /audit`.

use actix_web::{HttpResponse, http::StatusCode};

use super::{forms::TrailQuery, pages, policy::ReadTrail, queries};
use crate::{
    access::Allowed,
    db::Reader,
    state::Pages,
    web::{AppError, Paging, query::Filter},
};

/// The trail, narrowed and in pages, the latest entry first.
pub(super) async fn index(
    viewer: Allowed<ReadTrail>,
    reader: Reader,
    query: Filter<TrailQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(query.0.page.as_deref(), pages.state().settings.pages.page_size)?;
    match query.0.filter(!viewer.runs_platform()) {
        Ok((filter, form)) => {
            let found = queries::entries(&viewer, &reader, &filter, paging).await?;
            pages.show(&*viewer, &pages::Trail::new(&viewer, form, paging, found)?)
        }
        Err(form) => pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &pages::Trail::refused(&viewer, *form)),
    }
}
