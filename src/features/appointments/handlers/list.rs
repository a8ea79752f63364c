//! `GET /appointments`, `GET /appointments/{id}`, `GET /appointments/{id}/standing`.

use actix_web::{HttpResponse, http::StatusCode, web};

use super::super::{forms::AppointmentListQuery, pages, policy::SeeAppointments, queries};
use crate::{
    access::{Allowed, PageContext, Viewer},
    db::Reader,
    features::{
        notifications,
        people::{NamedPatient, patient_named},
    },
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
    let narrowing = |form, filter| pages::Narrowing { form, filter, doctors: &doctors };
    match query.0.filter(viewer.role(), &doctors) {
        Ok((filter, form)) => {
            let patient = of_patient(&viewer, &reader, filter.patient_id).await?;
            let context = PageContext { viewer: &viewer, present: &pages.present() };
            let found = queries::list(&viewer, &reader, (&filter, context.present), paging).await?;
            let list = pages::AppointmentsPage::new(context, narrowing(form, Some(&filter)), paging, found)?;
            pages.show(&*viewer, &list.of(patient.as_ref()))
        }
        Err(form) => {
            let refused = pages::AppointmentsPage::refused(&viewer, narrowing(*form, None));
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

/// One appointment with its history. That it was opened is recorded, and what was told of it is read.
pub(in super::super) async fn show(
    viewer: Allowed<SeeAppointments>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (told, sealed) = queries::record(&viewer, &reader, *id).await?.ok_or(AppError::NotFound)?;
    let (record, viewer) = notifications::open(sealed, &pages, &viewer, told).await?;
    let present = pages.present();
    let marks = pages.record_marks();
    pages.show_clinical(&viewer, &record.map(|record| pages::Show::new(&viewer, &present, marks, record)))
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
