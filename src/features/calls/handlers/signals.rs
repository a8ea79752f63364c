//! `GET,POST /appointments/{id}/call/signals`.

use actix_web::{
    HttpResponse,
    http::header::{HeaderName, HeaderValue},
    web,
};
use serde_json::{Value, json};

use super::{
    super::{
        forms::{HeardQuery, SentSignal, kind_code},
        policy::TakePart,
        queries::{self, HeardSignal},
        service,
    },
    LIVE_ON, live_on, told,
};
use crate::{
    access::{Allowed, Viewer},
    coherence::Topics,
    db::Reader,
    state::Pages,
    web::{AppError, SentJson, query::Filter},
};

/// One page of a call says something to another.
pub(in super::super) async fn send(
    viewer: Allowed<TakePart>,
    id: web::Path<i64>,
    sent: SentJson,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let signal = match sent.read().and_then(SentSignal::read) {
        Ok(signal) => signal,
        // To whoever has no call here nothing is said of what they sent.
        Err(unreadable) => {
            return Err(if is_own(&viewer, *id, &pages).await? { unreadable } else { AppError::NotFound });
        }
    };
    service::send(pages.state(), &viewer, *id, &signal).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn is_own(viewer: &Viewer, id: i64, pages: &Pages) -> Result<bool, AppError> {
    let topics = Topics::exempt("an answer that nothing was done");
    let reader = pages.state().db.reader();
    Ok(reader.run(topics, async |conn| queries::visit_of_call(viewer, conn, id).await).await?.is_some())
}

/// What was said to one of the viewer's pages, and to nobody else.
pub(in super::super) async fn heard(
    viewer: Allowed<TakePart>,
    reader: Reader,
    id: web::Path<i64>,
    pages: Pages,
) -> Result<HttpResponse, AppError> {
    let query = Filter::<HeardQuery>::parse(pages.request().query_string())?;
    let (peer, after) = query.0.read()?;
    // Before it is read what was said: what is said in between is told once more.
    let live = live_on(pages.state(), &viewer, *id).await;
    let heard = queries::heard(&viewer, &reader, (*id, peer), after).await?.ok_or(AppError::NotFound)?;
    if heard.is_over {
        return Err(AppError::Conflict(service::OVER.to_owned()));
    }
    let mut answer = told(&heard.signals.into_iter().map(line).collect::<Vec<_>>());
    if let Some(live) = live.and_then(|live| HeaderValue::from_str(&live).ok()) {
        answer.headers_mut().insert(HeaderName::from_static(LIVE_ON), live);
    }
    Ok(answer)
}

fn line(signal: HeardSignal) -> Value {
    let HeardSignal { id, from, kind, body } = signal;
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    json!({"id": id, "from": from, "kind": kind_code(kind), "body": body})
}
