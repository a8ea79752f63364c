//! `GET,POST /appointments/{id}/note`.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde_json::{Value, json};

use super::super::{
    forms::{self, NoteQuery},
    pages::{KeptForm, NotePage},
    policy::WriteNote,
    queries,
    service::{self, NotWritten, SavedDraft},
};
use crate::{
    access::{Allowed, AllowedOrOut, Viewer},
    db::Reader,
    state::Pages,
    web::{AppError, FlashKind, FormView, LongSubmitted, Present, query::Filter, see_other_saying},
};

/// The note of a visit, to be written; once it is signed, to be read and added to. That it was opened is recorded.
pub(in super::super) async fn show(
    viewer: Allowed<WriteNote>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let query = Filter::<NoteQuery>::parse(pages.request().query_string())?;
    let Some(record) = queries::written(&viewer, &reader, *id).await? else {
        let is_to_come = queries::is_to_come(&viewer, &reader, *id).await?;
        return Err(if is_to_come { service::too_early() } else { AppError::NotFound });
    };
    let record = record.open(pages.state(), &viewer).await?;
    let present = pages.present();
    let page = record.map(|record| NotePage::new(&viewer, &present, record).beginning_with(query.0.template()));
    pages.show_clinical(&*viewer, &page)
}

/// What stands on the screen is saved. Programs, such as the page's own script, get the version that is stored now.
pub(in super::super) async fn save(
    asked: AllowedOrOut<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let viewer = match asked.0 {
        Ok(viewer) => viewer,
        Err(out) => return signed_out(out, submitted, &pages),
    };
    let (draft, typed) = match forms::draft(submitted.fields()?) {
        Ok(draft) => draft,
        Err(form) => return show_again(&viewer, *id, (StatusCode::UNPROCESSABLE_ENTITY, *form), &pages).await,
    };
    match service::save(pages.state(), &viewer, *id, &draft).await {
        Ok(saved) => Ok(answer(&viewer, *id, saved, &pages)),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

fn answer(viewer: &Viewer, id: i64, saved: SavedDraft, pages: &Pages) -> HttpResponse {
    if is_program(pages) {
        // On the hospital's clock, so that whoever shows it need not know the zone.
        let at = saved.at.with_timezone(&viewer.zone()).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        return told(StatusCode::OK, &json!({"version": saved.version, "saved_at": at}));
    }
    see_other_saying(&format!("/appointments/{id}/note"), FlashKind::Success, "The draft is saved.")
}

/// Whether a program asks, which wants no page.
fn is_program(pages: &Pages) -> bool {
    let accepted = pages.request().headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("application/json"))
}

fn told(status: StatusCode, what: &Value) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, header::HeaderValue::from_static("no-store")))
        .json(what)
}

/// What was typed, for whoever is signed out: to be sent once more when they have signed in. Nothing is kept here meanwhile.
pub(super) fn signed_out(out: AppError, submitted: LongSubmitted, pages: &Pages) -> Result<HttpResponse, AppError> {
    if is_program(pages) {
        return Ok(told(StatusCode::UNAUTHORIZED, &json!({"error": "You are signed out."})));
    }
    match KeptForm::of(pages.request().path(), submitted.unchecked()?) {
        Some(page) => pages.show_public(StatusCode::UNAUTHORIZED, &page),
        None => Err(out),
    }
}

/// The page as it is now, with what was typed and why nothing was done.
pub(super) async fn refuse(
    viewer: &Viewer,
    id: i64,
    (why, typed): (NotWritten, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    let (status, form) = match why {
        NotWritten::Stale => (StatusCode::CONFLICT, typed.with_error("", STALE)),
        NotWritten::Signed => (StatusCode::CONFLICT, typed.with_error("", SIGNED)),
        NotWritten::Missing(fields) => {
            let told = fields.into_iter().fold(typed, |form, (field, what)| form.with_error(field, what));
            (StatusCode::UNPROCESSABLE_ENTITY, told)
        }
        NotWritten::Failed(error) => return Err(error),
    };
    show_again(viewer, id, (status, form), pages).await
}

const STALE: &str = "The note was saved elsewhere after you opened it, so nothing was stored. What you typed is in the fields, what is \
                     stored is told beside it. Put together what is right, then save.";
const SIGNED: &str =
    "The note is signed, so nothing of it changes any more. What you typed is below: put it into an addendum.";

/// The same for a form that was refused before anything was tried.
pub(super) async fn show_again(
    viewer: &Viewer,
    id: i64,
    (status, form): (StatusCode, FormView),
    pages: &Pages,
) -> Result<HttpResponse, AppError> {
    if is_program(pages) {
        let why: Vec<&str> = form.summary.iter().map(|error| error.message.as_str()).collect();
        return Ok(told(status, &json!({"error": why.join(" ")})));
    }
    let state = pages.state();
    let record = queries::written(viewer, &state.db.reader(), id).await?.ok_or(AppError::NotFound)?;
    let record = record.open(state, viewer).await?;
    let present = Present::new(state.clock.now(), None);
    let is_stale = status == StatusCode::CONFLICT;
    let page = record.map(|record| NotePage::new(viewer, &present, record).refusing(form, is_stale));
    pages.refuse_clinical(status, viewer, &page)
}
