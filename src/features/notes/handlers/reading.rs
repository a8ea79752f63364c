//! `GET /appointments/{id}/summary`, `GET /appointments/{id}/note/now`.

use actix_web::{HttpResponse, web};

use super::super::{
    pages::{NoteNow, Summary},
    policy::{FollowNote, ReadNote},
    queries,
};
use crate::{access::Allowed, db::Reader, state::Pages, web::AppError};

/// The paper after the visit: what was signed, for the patient. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<ReadNote>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let record = queries::signed(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let record = record.open(pages.state(), &viewer).await?;
    let present = pages.present();
    pages.show_clinical(&*viewer, &record.map(|record| Summary::new(&viewer, &present, record)))
}

/// How the note stands, with no word of it: by this its page and the paper learn that they are not as it is any more.
pub(in super::super) async fn now(
    viewer: Allowed<FollowNote>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let marks = queries::marks(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &NoteNow::new(*id, viewer.role(), &marks))
}
