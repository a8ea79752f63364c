//! `GET /messages`, `GET /appointments/{id}/messages`, `GET /appointments/{id}/messages/now`, `GET /attachments/{id}`.

use actix_web::{HttpResponse, web};
use entity::enums::MediaType;

use super::super::{
    forms::{ThreadListQuery, ThreadQuery},
    pages::{Thread, ThreadNow, Threads},
    policy::{SeeThreads, UseThread},
    queries::{self, AttachedFile, ThreadRecord},
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    db::Reader,
    state::Pages,
    web::{AppError, Clinical, ClinicalFile, Paginated, Pagination, Paging, RedisplayedForm, query::Filter},
};

/// The viewer's threads, those first in which there is something new.
pub(in super::super) async fn index(
    viewer: Allowed<SeeThreads>,
    reader: Reader,
    query: Filter<ThreadListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let paging = Paging::parse(query.0.page.as_deref(), pages.state().settings.pages.page_size)?;
    let Paginated { total, rows } = queries::threads(&viewer, &reader, paging).await?;
    let pagination = Pagination::new(paging, total, "threads", ("/messages", &[]))?;
    pages.show(&*viewer, &Threads::new(&viewer, rows, pagination))
}

/// What was written about a visit. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<UseThread>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let before = Filter::<ThreadQuery>::parse(pages.request().query_string())?.0.before()?;
    let record = record(&viewer, (&reader, *id, before), &pages).await?;
    let (present, files) = (pages.present(), &pages.state().settings.attachments);
    let context = PageContext { viewer: &viewer, present: &present };
    pages.show_clinical(&*viewer, &record.map(|record| Thread::new(context, files, record)))
}

/// How much there is in a thread, with no word of it: by this the page of the thread learns that there is more.
pub(in super::super) async fn now(
    viewer: Allowed<SeeThreads>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let found = queries::now(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &ThreadNow::new(*id, &found))
}

/// What is attached to a message. That it was opened is recorded. It is held in one of few places until it is handed out.
pub(in super::super) async fn file(
    viewer: Allowed<UseThread>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let place = pages.state().kit.place_to_hand_out(viewer.user_id).await?;
    let sealed = queries::attached_file(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let file = sealed.open(pages.state(), &viewer).await?;
    Ok(file.map(handed_out).hand_out(place))
}

/// A document may do what its reader lets it: it is kept, and shown by nothing of ours.
fn handed_out(AttachedFile { name, media_type, data, .. }: AttachedFile) -> ClinicalFile {
    let (media_type, is_shown) = match media_type {
        MediaType::Jpeg => ("image/jpeg", true),
        MediaType::Png => ("image/png", true),
        MediaType::Pdf => ("application/pdf", false),
    };
    ClinicalFile { name, media_type, is_shown, data }
}

/// The thread as it is now, with what was typed and why it was not sent.
pub(super) async fn show_again(
    viewer: &Viewer,
    id: i64,
    RedisplayedForm { status, form }: RedisplayedForm,
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let reader = pages.state().db.reader();
    let record = record(viewer, (&reader, id, None), pages).await?;
    let (present, files) = (pages.present(), &pages.state().settings.attachments);
    let context = PageContext { viewer, present: &present };
    let page = record.map(|record| Thread::new(context, files, record).refusing(form));
    pages.refuse_clinical(status, viewer, &page)
}

async fn record(
    viewer: &Viewer,
    (reader, id, before): (&Reader, i64, Option<i64>),
    pages: &Pages,
) -> Result<Clinical<ThreadRecord>, AppError> {
    let sealed = queries::thread(viewer, reader, (id, before)).await?.ok_or(AppError::NotFound)?;
    sealed.open(pages.state(), viewer).await
}
