//! `GET /documents`, `GET /documents/{id}`.

use actix_web::{HttpResponse, web};

use super::super::{
    forms::DocumentListQuery,
    pages::{DocumentList, Paper},
    policy::{ReadDocument, SeeOwnDocuments},
    queries,
};
use crate::{
    access::Allowed,
    db::Reader,
    state::Pages,
    web::{AppError, Paging, query::Filter},
};

/// The documents of the patient who asks, the latest first.
pub(in super::super) async fn index(
    viewer: Allowed<SeeOwnDocuments>,
    reader: Reader,
    query: Filter<DocumentListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(query.0.page.as_deref(), pages.state().settings.pages.page_size)?;
    let found = queries::own_documents(&viewer, &reader, paging).await?;
    pages.show(&*viewer, &DocumentList::new(&viewer, paging, found)?)
}

/// A document, to be read and printed. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<ReadDocument>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let record = queries::record(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let record = record.open(pages.state(), &viewer).await?;
    pages.show_clinical(&*viewer, &record.map(|record| Paper::new(&viewer, record)))
}
