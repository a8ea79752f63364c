//! `GET /audit`, and what a patient reads of it: `GET /record-access`.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    forms::{OpeningsQuery, TrailQuery},
    pages,
    policy::{ReadTrail, SeeOwnOpenings},
    queries,
};
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

/// Who opened the record of the patient who asks, the latest first.
pub(super) async fn openings(
    viewer: Allowed<SeeOwnOpenings>,
    reader: Reader,
    query: Filter<OpeningsQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(query.0.page.as_deref(), pages.state().settings.pages.page_size)?;
    let found = queries::openings(&viewer, &reader, paging).await?;
    pages.show(&*viewer, &pages::Openings::new(&viewer, paging, found)?)
}
