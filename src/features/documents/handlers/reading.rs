//! `GET /documents`, `GET /documents/{id}`, `GET /documents/{id}/now`, `GET /appointments/{id}/documents/now`.

use actix_web::{HttpResponse, web};

use super::super::{
    forms::DocumentListQuery,
    pages::{DocumentList, Issued, Paper, PaperNow, ShownDocument},
    policy::{FollowDocument, FollowVisit, ReadDocument, SeeOwnDocuments},
    queries,
};
use crate::{
    access::Allowed,
    db::Reader,
    features::notifications,
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
    let (told, sealed) = queries::record(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let (record, viewer) = notifications::open(sealed, &pages, &viewer, Some(told)).await?;
    pages.show_clinical(&viewer, &record.map(|record| Paper::new(&viewer, pages.record_marks(), record)))
}

/// Whether a document counts, with no word of it: by this its page learns that it was revoked.
pub(in super::super) async fn now(
    viewer: Allowed<FollowDocument>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (found, record) = queries::now(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let state = record.mark(pages.record_marks(), |record| ShownDocument::new(&viewer, record.clone()));
    pages.show(&*viewer, &PaperNow::new(&viewer, *id, (found, state)))
}

/// What was issued in a visit: the part of its page that changes by itself.
pub(in super::super) async fn of_visit_now(
    viewer: Allowed<FollowVisit>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let visit = queries::visit(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let documents = queries::of_visit(&viewer, &reader, *id).await?;
    pages.show(&*viewer, &Issued::new(&viewer, pages.record_marks(), (&visit, &documents)))
}
