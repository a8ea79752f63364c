//! `GET /schedule`.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    forms::DayBookQuery,
    pages::{DayBookPage, ShownDoctors, offers_doctors},
    policy::SeeDayBook,
    queries,
};
use crate::{
    access::{Allowed, PageContext},
    db::Reader,
    state::Pages,
    web::{AppError, query::Filter},
};

/// The day of the viewer's doctors, or the week of one.
pub(super) async fn show(
    viewer: Allowed<SeeDayBook>,
    reader: Reader,
    query: Filter<DayBookQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let present = pages.present();
    let paging = query.0.paging()?;
    let (place, form) = query.0.read(present.date(viewer.zone()));
    let doctors = queries::doctors(&viewer, &reader, place).await?;
    match place.among(&doctors, offers_doctors(&viewer), form) {
        Ok((place, form)) => {
            let shown = ShownDoctors::new(doctors, place, paging)?;
            let horizon = pages.state().settings.booking.horizon;
            let found = queries::time_of(&viewer, &reader, &shown.doctors, place).await?.until(horizon);
            let context = PageContext { viewer: &viewer, present: &present };
            pages.show(&*viewer, &DayBookPage::new(context, (place, form), &shown, &found))
        }
        Err(form) => {
            let page = DayBookPage::refused(&viewer, *form, &doctors);
            pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &page)
        }
    }
}
