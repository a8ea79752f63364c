//! What pages are answered about calls, whosever they are: of the two who meet, here, and of guests, in `guests`.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue},
    },
};
use serde_json::{Value, json};

use super::super::{
    credentials::ice,
    forms::{self, HeardQuery, SentSignal, kind_code},
    participant::{Participant, PeerOfVisit},
    queries::{self, HeardSignal},
    service,
};
use crate::{
    coherence::{Topic, Topics},
    state::{AppState, Pages},
    web::{AppError, SentJson, forms::Fields, query::Filter, told},
};

/// The header of what was heard, with what the page is told by when more is said.
const LIVE_ON: &str = "x-live-on";
const NOT_NOW: &str = "Nobody can be called in this visit now. Look at the visit to see where it stands.";

/// By what a page is told when more is said in the call of the visit `id` from now on, or somebody comes or goes. A stream is a session's: guests, who
/// have none, ask again and again.
async fn live_on(state: &AppState, who: Participant<'_>, id: i64) -> Option<String> {
    let Participant::Party(viewer) = who else { return None };
    state.live.token_of((viewer.user_id, viewer.zone()), &Topic::Call(id).into()).await
}

/// A page joins the call of the visit `id`.
///
/// # Errors
/// As [`service::join`], and that it does not say whose place it takes.
pub(crate) async fn join(
    pages: &Pages,
    who: Participant<'_>,
    id: i64,
    fields: Fields,
) -> Result<HttpResponse, AppError> {
    let replaces = forms::joining(fields)?;
    let joined = service::join(pages.state(), who, id, replaces.as_deref()).await?;
    // Whoever joins now is told of this page at once, so something may have been said to it before this is read: it is to be asked for once, whatever its
    // stream says.
    let live = live_on(pages.state(), who, id).await;
    let peers: Vec<&str> = joined.peers.iter().map(|(key, _)| key.as_str()).collect();
    let sides: serde_json::Map<String, Value> =
        joined.peers.iter().map(|(key, side)| (key.clone(), json!(side))).collect();
    Ok(told(
        StatusCode::OK,
        &json!({"call": joined.call, "peer": joined.peer, "peers": peers, "sides": sides, "live": live}),
    ))
}

/// Through which relays the call of the visit `id` may go, with credentials for a while.
///
/// # Errors
/// [`AppError::NotFound`] when `who` may take part in no call of that visit; [`AppError::Conflict`] while nobody can be called in it;
/// [`AppError::TooManyRequests`] after too many in a minute.
pub(crate) async fn relays(pages: &Pages, who: Participant<'_>, id: i64) -> Result<HttpResponse, AppError> {
    let state = pages.state();
    let _counted = state.kit.rate_limiter.attempt(&who.relays()).await?;
    if !visit(state, who, id).await?.is_open() {
        return Err(AppError::Conflict(NOT_NOW.to_owned()));
    }
    Ok(told(StatusCode::OK, &ice(&state.settings.calls, state.clock.now(), who.owner())?))
}

async fn visit(state: &AppState, who: Participant<'_>, id: i64) -> Result<queries::VisitOfCall, AppError> {
    let topics = Topics::exempt("an answer of this moment, which is not kept");
    let reader = state.db.reader();
    let found = reader.run(topics, async |conn| queries::visit_of_call(who, conn, id).await).await?;
    found.ok_or(AppError::NotFound)
}

/// One page of a call says something to another.
///
/// # Errors
/// As [`service::send`], and what is wrong with what was sent.
pub(crate) async fn say(
    pages: &Pages,
    who: Participant<'_>,
    id: i64,
    sent: SentJson,
) -> Result<HttpResponse, AppError> {
    let signal = match sent.read().and_then(SentSignal::read) {
        Ok(signal) => signal,
        // To whoever has no call here nothing is said of what they sent.
        Err(unreadable) => return visit(pages.state(), who, id).await.and(Err(unreadable)),
    };
    service::send(pages.state(), who, id, &signal).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was said to one of the pages of `who`, and to nobody else.
///
/// # Errors
/// [`AppError::NotFound`] when there is no such page; [`AppError::Conflict`] when its call is over.
pub(crate) async fn heard(pages: &Pages, who: Participant<'_>, id: i64) -> Result<HttpResponse, AppError> {
    let query = Filter::<HeardQuery>::parse(pages.request().query_string())?;
    let (key, after) = query.0.read()?;
    let page = PeerOfVisit { visit: id, key };
    // Before it is read what was said: what is said in between is told once more.
    let live = live_on(pages.state(), who, id).await;
    let reader = pages.state().db.reader();
    let heard = queries::heard(who, &reader, page, after).await?.ok_or(AppError::NotFound)?;
    if heard.is_over {
        return Err(AppError::Conflict(service::OVER.to_owned()));
    }
    let mut answer = told(StatusCode::OK, &heard.signals.into_iter().map(line).collect());
    if let Some(live) = live.and_then(|live| HeaderValue::from_str(&live).ok()) {
        answer.headers_mut().insert(HeaderName::from_static(LIVE_ON), live);
    }
    Ok(answer)
}

fn line(signal: HeardSignal) -> Value {
    let HeardSignal { id, from, side, kind, body } = signal;
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    json!({"id": id, "from": from, "side": side, "kind": kind_code(kind), "body": body})
}

/// A page tells how the call goes.
///
/// # Errors
/// As [`service::report`], and that it is no report.
pub(crate) async fn report(
    pages: &Pages,
    who: Participant<'_>,
    id: i64,
    fields: Fields,
) -> Result<HttpResponse, AppError> {
    let report = forms::report(fields)?;
    service::report(pages.state(), who, id, &report).await?;
    Ok(HttpResponse::NoContent().finish())
}
