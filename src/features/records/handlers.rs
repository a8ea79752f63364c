//! `GET /patients/{id}`, `POST /patients/{id}/confirmation`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::{
    forms, pages, queries,
    service::{self, FactsConfirmed},
};
use crate::{
    access::{Allowed, PageContext, Viewer},
    db::Reader,
    features::people::{SeePatients, patient_named},
    state::Pages,
    web::{AppError, Clinical, FlashKind, FormView, Submitted, see_other_saying, start_of_day},
};

/// One patient's record: looked up through the viewer, and opened by recording that it was.
pub(super) async fn show(
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
pub(super) async fn confirm(
    viewer: Allowed<SeePatients>,
    id: web::Path<i64>,
    submitted: Submitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let needs_page = |_form| AppError::Unprocessable("Open the patient's page, and confirm what it says.");
    let state = pages.state();
    patient_named(&viewer, &state.db.reader(), *id).await?.ok_or(AppError::NotFound)?;
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
    let present = pages.present();
    let today = start_of_day(present.date(viewer.zone()), viewer.zone());
    let sealed = queries::patient(viewer, reader, id, today).await?.ok_or(AppError::NotFound)?;
    let found = sealed.open(pages.state(), viewer).await?;
    Ok(found.map(|found| pages::Patient::new(PageContext { viewer, present: &present }, id, found)))
}
