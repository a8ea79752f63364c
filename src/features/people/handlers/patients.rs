//! `GET /patients`, `GET /patients/{id}`, `POST /patients/{id}/confirmation`.

use actix_web::{HttpResponse, http::StatusCode, web};
use entity::enums::Role;

use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::people::{
        forms, pages,
        policy::SeePatients,
        queries,
        service::{self, FactsConfirmed},
    },
    state::Pages,
    web::{
        AppError, Clinical, FlashKind, FormView, Paginated, Pagination, Submitted,
        query::{Filter, ListQuery, ListState},
        see_other_saying,
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

/// One patient's record: looked up through the viewer, and opened by recording that it was.
pub(in super::super) async fn show(
    viewer: Allowed<SeePatients>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let page = opened(&viewer, &reader, *id, &pages).await?;
    pages.show_clinical(&*viewer, &page)
}

const NOT_SEEN: &str = "The patient, or somebody else, has changed the record since you looked at it. Nothing was confirmed: this is what it says now.";

/// Makes sure of what the patient has said, as it was seen.
pub(in super::super) async fn confirm(
    viewer: Allowed<SeePatients>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let needs_page = |_form| AppError::Unprocessable("Open the patient's page, and confirm what it says.");
    let state = pages.state();
    queries::named(&viewer, &state.db.reader(), *id).await?.ok_or(AppError::NotFound)?;
    let seen = forms::confirmation(submitted.fields()?).map_err(needs_page)?;
    match service::confirm(state, &viewer, *id, &seen).await? {
        FactsConfirmed::Done => {
            Ok(see_other_saying(&format!("/patients/{id}"), FlashKind::Success, "What the patient said is confirmed."))
        }
        FactsConfirmed::Changed => {
            let page = opened(&viewer, &state.db.reader(), *id, &pages).await?;
            let page = page.map(|page| page.refusing(FormView::default().with_error("", NOT_SEEN)));
            pages.refuse_clinical(StatusCode::CONFLICT, &*viewer, &page)
        }
    }
}

async fn opened(
    viewer: &Viewer,
    reader: &Reader,
    id: i64,
    pages: &Pages,
) -> Result<Clinical<pages::Patient>, AppError> {
    let sealed = queries::patient(viewer, reader, id).await?.ok_or(AppError::NotFound)?;
    let (record, today) = (sealed.open(pages.state(), viewer).await?, pages.present().date(viewer.zone()));
    Ok(record.map(|record| pages::Patient::new(viewer, id, record, today)))
}
