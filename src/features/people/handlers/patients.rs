//! `GET /patients`, `GET /patients/{id}`.

use actix_web::{HttpResponse, web};

use crate::{
    access::Allowed,
    db::Reader,
    features::people::{pages, policy::SeePatients, queries},
    state::Pages,
    web::{
        AppError, Paginated, Pagination,
        query::{Filter, ListQuery},
    },
};

/// The patients the viewer may see.
pub(in super::super) async fn index(
    viewer: Allowed<SeePatients>,
    reader: Reader,
    filter: Filter<ListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (paging, search) = (filter.0.paging(&pages)?, filter.0.search()?);
    let Paginated { total, rows } = queries::patients(&viewer, &reader, &search, paging).await?;
    let pagination = Pagination::new(paging, total, "patients", ("/patients", &[("q", &search)]))?;
    let today = pages.present().date(viewer.zone());
    pages.show(&*viewer, &pages::Patients::new(&viewer, (rows, today), (search, pagination)))
}

/// One patient's record: looked up through the viewer, and opened by recording that it was.
pub(in super::super) async fn show(
    viewer: Allowed<SeePatients>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let sealed = queries::patient(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let record = sealed.open(pages.state(), &viewer).await?;
    let today = pages.present().date(viewer.zone());
    pages.show_clinical(&*viewer, &record.map(|record| pages::Patient::new(&viewer, *id, record, today)))
}
