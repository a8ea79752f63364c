//! `GET /patients`.

use actix_web::HttpResponse;
use entity::enums::Role;

use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::people::{pages, policy::SeePatients, queries},
    state::Pages,
    web::{
        AppError, Paginated, Pagination,
        query::{Filter, ListQuery, ListState},
    },
};

/// What the list can be narrowed to: a doctor has seen some of those who have a visit.
fn states(viewer: &Viewer) -> &'static [ListState] {
    match viewer.role() {
        Role::Doctor => &[ListState::Active, ListState::Seen],
        _ => &[ListState::Active],
    }
}

/// The patients the viewer may see.
pub(in super::super) async fn index(
    viewer: Allowed<SeePatients>,
    reader: Reader,
    filter: Filter<ListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (paging, search) = (filter.0.paging(&pages)?, filter.0.search(states(&viewer))?);
    let Paginated { total, rows } = queries::patients(&viewer, &reader, &search, paging).await?;
    let pagination = Pagination::new(paging, total, "patients", ("/patients", &search.query()))?;
    let today = pages.present().date(viewer.zone());
    pages.show(&*viewer, &pages::Patients::new(&viewer, (rows, today), (search, pagination)))
}
