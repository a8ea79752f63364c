//! `GET /reports`, and the same numbers as files.

use actix_web::{HttpResponse, http::StatusCode};

use super::{
    download,
    forms::{Range, ReportQuery},
    pages,
    policy::{SeeCallsReport, SeeReports, TakeHospitalReport, TakePlatformReport},
    queries,
};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    features::accounts::RecentlyProved,
    web::{AppError, FormView, Pages, query::Filter},
};

/// The report of the viewer's hospital; to a platform administrator the numbers of all.
pub(super) async fn index(
    viewer: Allowed<SeeReports>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (range, form) = match query.0.range(&pages.present(), viewer.zone()) {
        Ok(asked) => asked,
        Err(form) => return refused(&pages, &viewer, (*form, "/reports")),
    };
    if viewer.runs_platform() {
        let hospitals = queries::of_platform(&viewer, &reader, range).await?;
        return pages.show(&*viewer, &pages::PlatformPage::new(form, range, &hospitals));
    }
    let report = queries::of_hospital(&viewer, &reader, range).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &pages::HospitalPage::new(&viewer, form, range, &report)?)
}

/// The days of the viewer's hospital.
pub(super) async fn days(
    viewer: RecentlyProved<TakeHospitalReport>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let range = asked(query, &pages, &viewer)?;
    let report = queries::of_hospital(&viewer, &reader, range).await?.ok_or(AppError::NotFound)?;
    download::days(&report, range)
}

/// The doctors of the viewer's hospital.
pub(super) async fn doctors(
    viewer: RecentlyProved<TakeHospitalReport>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let range = asked(query, &pages, &viewer)?;
    let report = queries::of_hospital(&viewer, &reader, range).await?.ok_or(AppError::NotFound)?;
    download::doctors(&report, range)
}

/// The calls in the viewer's hospital.
pub(super) async fn calls(
    viewer: Allowed<SeeCallsReport>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let (range, form) = match query.0.range(&pages.present(), viewer.zone()) {
        Ok(asked) => asked,
        Err(form) => return refused(&pages, &viewer, (*form, "/reports/calls")),
    };
    let report = queries::of_calls(&viewer, &reader, range).await?.ok_or(AppError::NotFound)?;
    pages.show(&*viewer, &pages::CallsPage::new(&viewer, form, range, &report)?)
}

/// The same as a file, each doctor's of each week.
pub(super) async fn calls_file(
    viewer: RecentlyProved<TakeHospitalReport>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let range = asked(query, &pages, &viewer)?;
    let report = queries::of_calls(&viewer, &reader, range).await?.ok_or(AppError::NotFound)?;
    download::calls(&report, range)
}

/// The numbers of all hospitals.
pub(super) async fn hospitals(
    viewer: RecentlyProved<TakePlatformReport>,
    reader: Reader,
    query: Filter<ReportQuery>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let range = asked(query, &pages, &viewer)?;
    download::hospitals(&queries::of_platform(&viewer, &reader, range).await?, range)
}

/// Days that cannot be used: the form again, on the page at that address.
fn refused(
    pages: &Pages,
    viewer: &Viewer,
    (form, address): (FormView, &'static str),
) -> Result<HttpResponse, AppError> {
    pages.refuse(StatusCode::UNPROCESSABLE_ENTITY, viewer, &pages::RefusedRange::new(form, address))
}

/// A file has no form to show again.
fn asked(query: Filter<ReportQuery>, pages: &Pages, viewer: &Viewer) -> Result<Range, AppError> {
    let asked = query.0.range(&pages.present(), viewer.zone());
    let refused = |_form| AppError::Unprocessable("The address names days that cannot be used.");
    asked.map(|(range, _)| range).map_err(refused)
}
