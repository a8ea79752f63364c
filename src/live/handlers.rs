//! `GET /live?on={token}`: at most three tokens, each of a page that whoever asks is looking at.

use actix_web::{HttpRequest, HttpResponse, http::Method, http::header, web};

use super::hub::{Hub, TooManyStreams};
use super::stream::{Ending, MOST_TOKENS};
use super::token::{PageToken, Tokens};
use super::watching::Watcher;
use crate::access::SessionHolder;
use crate::routing::RouteTable;
use crate::session::KeyHash;
use crate::web::AppError;

/// Its one route.
pub fn routes(table: &mut RouteTable) {
    table.get("/live", watch);
}

async fn watch(holder: SessionHolder, request: HttpRequest, hub: web::Data<Hub>) -> Result<HttpResponse, AppError> {
    if request.method() != Method::GET {
        return Ok(HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "GET")).finish());
    }
    let shown = read(hub.tokens(), holder.user_id, request.query_string()).ok_or(AppError::Malformed(NO_TOKEN))?;
    let hash = KeyHash::from_text(holder.key_hash.into());
    let watcher = Watcher { user_id: holder.user_id, session_id: holder.session_id, hash };
    let body = match hub.enter(&watcher, shown.clone()) {
        Ok(body) => body,
        Err(TooManyStreams) => {
            return Ok(HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "5")).finish());
        }
    };
    if !hub.begin(&watcher, (body.stream(), &shown)).await {
        body.stream().end(Ending::SignedOut);
    }
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/event-stream"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // A compressor would keep hundreds of kilobytes for each stream.
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"))
        .body(body))
}

const NO_TOKEN: &str = "It does not say what is to be told of. Load the page again.";

/// The tokens of the query, if nothing else is in it and each was made for this person.
fn read(tokens: &Tokens, viewer: i64, query: &str) -> Option<Vec<PageToken>> {
    let on =
        |(name, value): (_, std::borrow::Cow<'_, str>)| (name == "on").then(|| tokens.read(viewer, &value)).flatten();
    let read = url::form_urlencoded::parse(query.as_bytes()).map(on).collect::<Option<Vec<_>>>()?;
    (1..=MOST_TOKENS).contains(&read.len()).then_some(read)
}
