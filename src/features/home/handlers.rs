//! `GET /` and `GET /dashboard`.

use actix_web::{HttpResponse, http::StatusCode};

use super::{dashboard, pages, queries};
use crate::{
    access::{Allowed, SignedIn, Standing, Viewer, Visitor},
    db::Reader,
    web::{AppError, Pages, Present, see_other},
};

/// The landing page; whoever is signed in goes to their dashboard.
pub(super) async fn landing(visitor: Visitor, pages: Pages) -> Result<HttpResponse, AppError> {
    if visitor.0.is_some() {
        return Ok(see_other("/dashboard"));
    }
    pages.show_public(StatusCode::OK, &pages::Landing)
}

/// The dashboard of the viewer's role.
pub(super) async fn dashboard(
    viewer: Allowed<SignedIn>,
    reader: Reader,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let present = pages.present();
    match &viewer.standing {
        Standing::Doctor { .. } => pages.show(&*viewer, &of_doctor(&viewer, &reader, &present).await?),
        Standing::Patient { .. } => {
            let figures = queries::of_patient(&viewer, &reader, &present).await?;
            let items = queries::patient_items(&viewer, &reader, present.instant()).await?;
            pages.show(&*viewer, &pages::PatientDashboard::new(&viewer, &present, (&figures, &items)))
        }
        Standing::HospitalAdmin { .. } => pages.show(&*viewer, &of_hospital(&viewer, &reader, &present).await?),
        Standing::SuperAdmin => {
            let figures = queries::of_platform(&viewer, &reader).await?;
            let newest = queries::newest(&viewer, &reader).await?;
            pages.show(&*viewer, &pages::PlatformDashboard::new(&figures, &newest))
        }
    }
}

async fn of_doctor(viewer: &Viewer, reader: &Reader, present: &Present) -> Result<pages::DoctorDashboard, AppError> {
    let agenda = dashboard::agenda(present, viewer.zone());
    let figures = queries::of_doctor(viewer, reader, present).await?;
    let items = queries::doctor_items(viewer, reader, (present.instant(), agenda)).await?;
    Ok(pages::DoctorDashboard::new(viewer, present, (&figures, &items)))
}

async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    present: &Present,
) -> Result<pages::HospitalDashboard, AppError> {
    let today = dashboard::today(present, viewer.zone());
    let figures = queries::of_hospital(viewer, reader, today).await?;
    let items = queries::hospital_items(viewer, reader, (present.instant(), today)).await?;
    Ok(pages::HospitalDashboard::new(viewer, present, (&figures, &items)))
}
