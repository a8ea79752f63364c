//! `GET /notifications`, `POST /notifications/read`, `POST /notifications/{id}/read`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::{pages, queries, service};
use crate::{
    access::{Allowed, SignedIn},
    db::Reader,
    state::Pages,
    web::{
        AppError, FlashKind, FormReader, Paginated, Pagination, Paging, Submitted, query::Filter, see_other,
        see_other_saying,
    },
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
    pages.show(&*viewer, &pages::NotificationsPage::new(&viewer, rows, (paging.number, pagination)))
}

/// Marks as read what was there when the form was made: those up to the newest that it names; all of the viewer's if it names none.
pub(super) async fn read_all(
    viewer: Allowed<SignedIn>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Came { newest, page } = came(submitted)?;
    service::mark_all_read(pages.state(), &viewer, newest).await?;
    let done = if newest.is_some() { "What was on the page, and what is older, is marked as read." } else { ALL };
    Ok(see_other_saying(&back(page), FlashKind::Success, done))
}

/// Marks one of the viewer's as read; one that is read already stays so.
pub(super) async fn read(
    viewer: Allowed<SignedIn>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Came { page, .. } = came(submitted)?;
    if service::mark_read(pages.state(), &viewer, *id).await? {
        Ok(see_other(&back(page)))
    } else {
        Err(AppError::NotFound)
    }
}

const ALL: &str = "All notifications are marked as read.";

/// What a button on the list carries.
#[derive(Clone, Copy, Debug)]
struct Came {
    /// The newest notification that was shown with it.
    newest: Option<i64>,
    /// The page it was on.
    page: Option<u64>,
}

fn came(submitted: Submitted) -> Result<Came, AppError> {
    let reader = FormReader::new(submitted.fields()?);
    let stray = "The form held something that does not belong to it. Load the page again.";
    let newest = reader.parsed_optional("newest", "Newest", |id| id.parse().map_err(|_error| stray.to_owned()));
    let page = reader.parsed_optional("page", "Page", |page| page.parse().map_err(|_error| stray.to_owned()));
    reader.finish(Some(Came { newest, page })).map_err(|_form| AppError::Unprocessable(stray))
}

/// Where one was.
fn back(page: Option<u64>) -> String {
    match page.filter(|page| *page > 1) {
        Some(page) => format!("{PATH}?page={page}"),
        None => PATH.to_owned(),
    }
}
