//! `GET,POST /appointments/{id}/note`.

use std::ops::ControlFlow::{Break, Continue};

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;

use super::{
    super::{
        forms::{self, NoteQuery},
        pages::NotePage,
        policy::WriteNote,
        queries,
        service::{self, SavedDraft},
    },
    sent::{Sent, receive, refuse},
};
use crate::{
    access::{Allowed, Viewer},
    db::Reader,
    state::Pages,
    web::{AppError, FlashKind, LongSubmitted, is_program, query::Filter, see_other_saying, told},
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
    let shown = |record| NotePage::new(&viewer, &present, pages.record_marks(), record);
    let page = record.map(|record| shown(record).beginning_with(query.0.template()));
    pages.show_clinical(&*viewer, &page)
}

/// What stands on the screen is saved. Programs, such as the page's own script, get the version that is stored now.
pub(in super::super) async fn save(
    viewer: Allowed<WriteNote>,
    id: web::Path<i64>,
    submitted: LongSubmitted,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let Sent { viewer, command, typed } = match receive(viewer, (*id, submitted), forms::draft, &pages).await? {
        Continue(sent) => sent,
        Break(answer) => return Ok(answer),
    };
    match service::save(pages.state(), &viewer, *id, &command).await {
        Ok(saved) => Ok(answer(&viewer, *id, saved, &pages)),
        Err(why) => refuse(&viewer, *id, (why, typed), &pages).await,
    }
}

fn answer(viewer: &Viewer, id: i64, saved: SavedDraft, pages: &Pages) -> HttpResponse {
    if is_program(pages.request()) {
        // On the hospital's clock, so that whoever shows it need not know the zone.
        let at = saved.at.with_timezone(&viewer.zone()).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        return told(StatusCode::OK, &json!({"version": saved.version, "saved_at": at}));
    }
    see_other_saying(&format!("/appointments/{id}/note"), FlashKind::Success, "The draft is saved.")
}
