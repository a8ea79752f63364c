//! `GET /hospitals`, `GET /hospitals/{id}`, `GET /admins`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{pages, policy::ListAdmins, queries};
use crate::{
    access::{Allowed, Viewer, Visitor},
    db::Reader,
    web::{
        AppError, Pages, Paginated, Pagination,
        query::{Filter, ListQuery, ListState},
    },
};

/// What both lists can be narrowed to.
const STATES: [ListState; 1] = [ListState::Active];

/// The directory; to a platform administrator all hospitals, with what the directory leaves out.
pub(super) async fn index(
    visitor: Visitor,
    reader: Reader,
    filter: Filter<ListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (paging, search) = (filter.0.paging(&pages)?, filter.0.search(&STATES)?);
    let platform = visitor.0.filter(Viewer::runs_platform);
    let Paginated { total, rows } = queries::hospitals(&reader, platform.is_some(), &search, paging).await?;
    let pagination = Pagination::new(paging, total, "hospitals", ("/hospitals", &search.query()))?;
    match platform {
        Some(viewer) => pages.show(&viewer, &pages::Hospitals::new(rows, search, pagination)),
        None => pages.show_public(StatusCode::OK, &pages::Directory::new(rows, search, pagination)),
    }
}

/// One hospital with its accepting doctors; to a platform administrator with everything about it.
pub(super) async fn show(
    visitor: Visitor,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let filter = Filter::<ListQuery>::parse(pages.request().query_string())?.0;
    if let Some(viewer) = visitor.0.filter(Viewer::runs_platform) {
        let hospital = queries::hospital(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
        let admins = queries::admins_of(&viewer, &reader, *id).await?;
        return pages.show(&viewer, &pages::Hospital::new(hospital, admins));
    }
    let paging = filter.paging(&pages)?;
    let hospital = queries::listed(&reader, *id).await?.ok_or(AppError::NotFound)?;
    let doctors = queries::accepting_doctors(&reader, *id, paging).await?;
    let total = u64::try_from(hospital.doctors).map_err(AppError::internal)?;
    let pagination = Pagination::new(paging, total, "doctors", (&format!("/hospitals/{id}"), &[]))?;
    pages.show_public(StatusCode::OK, &pages::Listed::new(hospital, doctors, pagination))
}

/// Who administers which hospital.
pub(super) async fn admins(
    viewer: Allowed<ListAdmins>,
    reader: Reader,
    filter: Filter<ListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (paging, search) = (filter.0.paging(&pages)?, filter.0.search(&STATES)?);
    let Paginated { total, rows } = queries::admins(&viewer, &reader, &search, paging).await?;
    let pagination = Pagination::new(paging, total, "administrators", ("/admins", &search.query()))?;
    pages.show(&*viewer, &pages::Admins::new(rows, search, pagination))
}
