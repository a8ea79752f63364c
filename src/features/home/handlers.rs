//! `GET /` and `GET /dashboard`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    dashboard,
    forms::{BoardFilter, BoardQuery},
    pages,
    queries::{self, Unread},
    sections::{DoctorSections, HospitalSections, PatientSections},
};
use crate::{
    access::{Allowed, SignedIn, Viewer, ViewerKind, Visitor},
    db::Reader,
    features::appointments::{self, AppointmentRow},
    web::{AppError, Pages, Present, query::Filter, see_other},
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
    query: Filter<BoardQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let present = pages.present();
    match &viewer.kind {
        ViewerKind::Doctor { .. } => pages.show(&*viewer, &of_doctor(&viewer, &reader, &present).await?),
        ViewerKind::Patient { .. } => pages.show(&*viewer, &of_patient(&viewer, &reader, &present).await?),
        ViewerKind::HospitalAdmin { .. } => {
            pages.show(&*viewer, &of_hospital(&viewer, &reader, (&present, query.0.filter()?)).await?)
        }
        ViewerKind::SuperAdmin => {
            let figures = queries::of_platform(&viewer, &reader).await?;
            let newest = queries::newest(&viewer, &reader).await?;
            pages.show(&*viewer, &pages::PlatformDashboard::new(&figures, &newest))
        }
    }
}

async fn of_doctor(viewer: &Viewer, reader: &Reader, present: &Present) -> Result<pages::DoctorDashboard, AppError> {
    let zone = viewer.zone();
    let moments = (present.instant(), present.date(zone), dashboard::widest_agenda(present, zone));
    let found = queries::of_doctor(viewer, reader, moments).await?;
    let sections = DoctorSections::new(&found, present, dashboard::today(present, zone));
    let visits = visits(viewer, reader, (sections.shown(), &found.unread)).await?;
    Ok(pages::DoctorDashboard::new(viewer, present, (&found, &sections, &visits)))
}

async fn of_patient(viewer: &Viewer, reader: &Reader, present: &Present) -> Result<pages::PatientDashboard, AppError> {
    let zone = viewer.zone();
    let found = queries::of_patient(viewer, reader, present.date(zone)).await?;
    let sections = PatientSections::new(&found, present, dashboard::today(present, zone));
    let about = found.unread.iter().filter_map(|unread| unread.appointment_id);
    let ids = sections.shown().chain(about).collect();
    let visits = appointments::visits_in_line(viewer, reader, (ids, &found.awaited)).await?;
    Ok(pages::PatientDashboard::new(viewer, present, (&found, &sections, &visits)))
}

async fn of_hospital(
    viewer: &Viewer,
    reader: &Reader,
    (present, filter): (&Present, BoardFilter),
) -> Result<pages::HospitalDashboard, AppError> {
    let zone = viewer.zone();
    let moments = (present.instant(), present.date(zone), dashboard::today(present, zone));
    let found = queries::of_hospital(viewer, reader, moments).await?;
    let sections = HospitalSections::new(&found, present);
    let visits = visits(viewer, reader, (sections.shown(), &found.unread)).await?;
    Ok(pages::HospitalDashboard::new(viewer, (present, filter), (&found, &sections, &visits)))
}

/// The visits that a dashboard shows, and those that its notifications are about.
async fn visits(
    viewer: &Viewer,
    reader: &Reader,
    (shown, unread): (impl Iterator<Item = i64>, &[Unread]),
) -> Result<BTreeMap<i64, AppointmentRow>, AppError> {
    let about = unread.iter().filter_map(|unread| unread.appointment_id);
    Ok(appointments::visits(viewer, reader, shown.chain(about).collect()).await?)
}
