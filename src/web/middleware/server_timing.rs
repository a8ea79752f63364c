//! Counts the statements of each request, tells them in `Server-Timing`, and keeps the histograms
//! and the access log line (route, status, time; no address, no name, no query string).

use std::time::Instant;

use actix_web::{
    Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::with_headers;
use crate::{db::accounting, metrics, routes, state::AppState};

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
    let value = format!(
        "db;desc=\"{} queries\";dur={:.1}, app;dur={:.1}",
        tally.count,
        tally.elapsed.as_secs_f64() * 1000.0,
        elapsed.as_secs_f64() * 1000.0
    );
    let answer = with_headers(answer, |headers| {
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
