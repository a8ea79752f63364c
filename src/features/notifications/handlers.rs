//! `GET /notifications`, `POST /notifications/read`, `POST /notifications/{id}/read`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{pages, queries, service};
use crate::{
    access::{Allowed, SignedIn},
    db::Reader,
    state::Pages,
    web::{AppError, FlashKind, Paginated, Pagination, Paging, Submitted, query::Filter, see_other, see_other_saying},
};

const PATH: &str = "/notifications";

/// Query string of the list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotificationListQuery {
    page: Option<String>,
}

/// The viewer's notifications, newest first.
pub(super) async fn index(
    viewer: Allowed<SignedIn>,
    reader: Reader,
    query: Filter<NotificationListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let size = pages.state().settings.pages.page_size;
    let paging = Paging::parse(query.0.page.as_deref(), size)?;
    let Paginated { total, rows } = queries::notifications(&viewer, &reader, paging).await?;
    let pagination = Pagination::new(paging, total, "notifications", (PATH, &[]))?;
    pages.show(&*viewer, &pages::NotificationsPage::new(&viewer, rows, pagination))
}

/// Marks all of the viewer's as read.
pub(super) async fn read_all(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    service::mark_all_read(pages.state(), &viewer).await?;
    let done = "All notifications are marked as read.";
    Ok(see_other_saying(PATH, FlashKind::Success, done))
}

/// Marks one of the viewer's as read; one that is read already stays so.
pub(super) async fn read(
    viewer: Allowed<SignedIn>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    submitted.button()?;
    if service::mark_read(pages.state(), &viewer, *id).await? { Ok(see_other(PATH)) } else { Err(AppError::NotFound) }
}
