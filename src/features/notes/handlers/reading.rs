//! `GET /appointments/{id}/summary`, `GET /appointments/{id}/note/now`.

use actix_web::{HttpResponse, web};

use super::super::{
    pages::{AroundNote, NoteNow, ShownNote, Summary, record_state},
    policy::{FollowNote, ReadNote},
    queries,
};
use crate::{
    access::Allowed,
    db::Reader,
    features::notifications::{self, NewsSubject},
    state::Pages,
    web::AppError,
};

/// The paper after the visit: what was signed, for the patient. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<ReadNote>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let sealed = queries::signed(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let (record, viewer) = notifications::open(sealed, &pages, &viewer, Some(NewsSubject::Note(*id))).await?;
    let present = pages.present();
    let page = record.map(|record| Summary::new(&viewer, &present, pages.record_marks(), record));
    pages.show_clinical(&viewer, &page)
}

/// How the note stands, with no word of it: by this its page and the paper learn that they are not as it is any more.
pub(in super::super) async fn now(
    viewer: Allowed<FollowNote>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (standing, record) = queries::now(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let (present, marks) = (pages.present(), pages.record_marks());
    let note = record.mark(marks, |record| ShownNote::new(&viewer, &present, record));
    let around = record.mark(marks, |record| AroundNote::new(&viewer, &present, record));
    let state = record_state(standing, [note, around]);
    pages.show(&*viewer, &NoteNow::new(*id, viewer.role(), (standing, state)))
}
