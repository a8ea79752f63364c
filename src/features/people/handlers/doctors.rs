//! `GET /doctors`, `GET /doctors/{id}`.

use actix_web::{HttpResponse, web};

use crate::{
    access::Allowed,
    db::Reader,
    features::people::{pages, policy::SeeDoctors, queries},
    web::{
        AppError, Pages, Paginated, Pagination,
        query::{Filter, ListQuery, ListState},
    },
};

/// What the list can be narrowed to.
const STATES: [ListState; 1] = [ListState::Active];

/// The doctors of the viewer's hospital.
pub(in super::super) async fn index(
    viewer: Allowed<SeeDoctors>,
    reader: Reader,
    filter: Filter<ListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (paging, search) = (filter.0.paging(&pages)?, filter.0.search(&STATES)?);
    let Paginated { total, rows } = queries::doctors(&viewer, &reader, &search, paging).await?;
    let pagination = Pagination::new(paging, total, "doctors", ("/doctors", &search.query()))?;
    pages.show(&*viewer, &pages::Doctors::new(&viewer, rows, search, pagination))
}

/// One doctor of the viewer's hospital.
pub(in super::super) async fn show(
    viewer: Allowed<SeeDoctors>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (doctor, hours) = queries::doctor(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &pages::Doctor::new(&viewer, *id, doctor, &hours))
}
