//! `GET /` and `GET /dashboard`.

use actix_web::{HttpResponse, http::StatusCode};
use chrono::{DateTime, Utc};

use super::{dashboard, pages, queries};
use crate::{
    access::{Allowed, SignedIn, Standing, Viewer, Visitor},
    db::Reader,
    web::{AppError, Pages, see_other},
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
    let now = pages.state().clock.now();
    match &viewer.standing {
        Standing::Doctor { .. } => pages.show(&*viewer, &of_doctor(&viewer, &reader, now).await?),
        Standing::Patient { .. } => {
            let figures = queries::of_patient(&viewer, &reader, now).await?;
            let items = queries::patient_items(&viewer, &reader, now).await?;
            pages.show(&*viewer, &pages::PatientDashboard::new(&viewer, now, (&figures, &items)))
        }
        Standing::HospitalAdmin { .. } => pages.show(&*viewer, &of_hospital(&viewer, &reader, now).await?),
        Standing::SuperAdmin => {
            let figures = queries::of_platform(&viewer, &reader).await?;
            let newest = queries::newest(&viewer, &reader).await?;
            pages.show(&*viewer, &pages::PlatformDashboard::new(&figures, &newest))
        }
    }
}

async fn of_doctor(viewer: &Viewer, reader: &Reader, now: DateTime<Utc>) -> Result<pages::DoctorDashboard, AppError> {
    let agenda = dashboard::agenda(now, viewer.zone());
    let figures = queries::of_doctor(viewer, reader, now).await?;
    let items = queries::doctor_items(viewer, reader, (now, agenda)).await?;
    Ok(pages::DoctorDashboard::new(viewer, now, (&figures, &items)))
}

async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    now: DateTime<Utc>,
) -> Result<pages::HospitalDashboard, AppError> {
    let today = dashboard::today(now, viewer.zone());
    let figures = queries::of_hospital(viewer, reader, today).await?;
    let items = queries::hospital_items(viewer, reader, (now, today)).await?;
    Ok(pages::HospitalDashboard::new(viewer, now, (&figures, &items)))
}
