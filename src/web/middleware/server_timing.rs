//! Counts the statements of each request, tells them in `Server-Timing`, and keeps the histograms
//! and the access log line (route, status, time; no address, no name, no query string).

use std::time::Instant;

use actix_web::{
    Error, HttpMessage as _,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::with_headers;
use crate::{cache::Outcome, db::accounting, metrics, routes, state::AppState};

/// See the module.
pub async fn server_timing<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let recording =
        request.app_data::<web::Data<AppState>>().is_some_and(|state| state.settings.diagnostics.debug_toolbar);
    let (answer, tally) = if recording {
        accounting::scope_with_statements(next.call(request)).await
    } else {
        accounting::scope(next.call(request)).await
    };
    let elapsed = started.elapsed();
    let outcome = outcome(&answer).word();
    let value = format!(
        "cache;desc={outcome}, db;desc=\"{} queries\";dur={:.1}, app;dur={:.1}",
        tally.count,
        tally.elapsed.as_secs_f64() * 1000.0,
        elapsed.as_secs_f64() * 1000.0
    );
    let answer = with_headers(answer, |headers| {
        if is_page(headers) {
            headers.insert(HeaderName::from_static("x-cache"), HeaderValue::from_static(outcome));
        }
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static("server-timing"), value);
        }
    })?;
    let route = answer
        .request()
        .match_pattern()
        .map_or_else(|| "unmatched".to_owned(), |pattern| routes::without_patterns(pattern.as_str()));
    metrics::request(&metrics::Request {
        route: &route,
        method: known(answer.request().method()),
        status: answer.status().as_u16(),
        elapsed,
        tally: &tally,
    });
    log::debug!(target: "access", route = route.as_str(), status = answer.status().as_u16(), queries = tally.count, milliseconds = elapsed.as_secs_f64() * 1000.0; "answered");
    Ok(answer)
}

/// What the cache did; it was not asked where it says nothing.
fn outcome<B>(answer: &Result<ServiceResponse<B>, Error>) -> Outcome {
    let known = answer.as_ref().ok().and_then(|answer| answer.request().extensions().get::<Outcome>().copied());
    known.unwrap_or(Outcome::Bypass)
}

/// Whether `X-Cache` says something about it: not files, nor what is for programs.
fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        || headers.contains_key(header::VARY) && headers.contains_key(header::ETAG)
}

/// A method's name as a label. Clients may invent methods; each would be a series for ever.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
