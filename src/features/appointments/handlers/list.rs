//! `GET /appointments`, `GET /appointments/{id}`, `GET /appointments/{id}/standing`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::super::{forms::AppointmentListQuery, pages, policy::SeeAppointments, queries};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::people::{NamedPatient, patient_named},
    state::Pages,
    web::{AppError, Paging, query::Filter},
};

/// The viewer's appointments, narrowed and in pages.
pub(in super::super) async fn index(
    viewer: Allowed<SeeAppointments>,
    reader: Reader,
    query: Filter<AppointmentListQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let size = pages.state().settings.pages.page_size;
    let paging = Paging::parse(query.0.page.as_deref(), size)?;
    let doctors = queries::doctors(&viewer, &reader).await?;
    match query.0.filter(viewer.role(), &doctors) {
        Ok((filter, form)) => {
            let patient = of_patient(&viewer, &reader, filter.patient_id).await?;
            let found = queries::list(&viewer, &reader, (&filter, &pages.present()), paging).await?;
            let list = pages::AppointmentsPage::new(&viewer, (form, filter.status, &doctors), paging, found)?;
            pages.show(&*viewer, &list.of(patient.as_ref()))
        }
        Err(form) => {
            let refused = pages::AppointmentsPage::refused(&viewer, (*form, None, &doctors));
            pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, &*viewer, &refused)
        }
    }
}

/// Whose visits alone are wanted. Nobody's, if it is somebody whom the viewer does not see.
async fn of_patient(viewer: &Viewer, reader: &Reader, id: Option<i64>) -> Result<Option<NamedPatient>, AppError> {
    match id {
        Some(id) => patient_named(viewer, reader, id).await?.map(Some).ok_or(AppError::NotFound),
        None => Ok(None),
    }
}

/// One appointment with its history. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<SeeAppointments>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let record =
        queries::record(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?.open(pages.state(), &viewer).await?;
    let present = pages.present();
    let marks = pages.record_marks();
    pages.show_clinical(&*viewer, &record.map(|record| pages::Show::new(&viewer, &present, marks, record)))
}

/// Where it stands, with nothing of the record: the part of its page that changes by itself.
pub(in super::super) async fn standing(
    viewer: Allowed<SeeAppointments>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (standing, record) = queries::standing(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let present = pages.present();
    let state = record.mark(pages.record_marks(), |record| pages::ShownRecord::new(&viewer, &present, record.clone()));
    pages.show(&*viewer, &pages::StandingPage::new(&viewer, &present, (standing, state)))
}
