//! Counts the statements of each request, tells them in `Server-Timing`, and keeps the histograms
//! and the access log line (route, status, time; no address, no name, no query string).

use std::{
    cell::RefCell,
    collections::HashMap,
    fmt,
    rc::Rc,
    time::{Duration, Instant},
};

use actix_web::{
    Error, HttpMessage as _, HttpResponse,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::with_headers;
use crate::{
    cache::Outcome,
    db::accounting::{self, Tally},
    metrics,
    web::{Kit, pattern},
};

static X_CACHE: HeaderName = HeaderName::from_static("x-cache");
static SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// See the module.
pub async fn server_timing<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let started = Instant::now();
    let recording = request.app_data::<web::Data<Kit>>().is_some_and(|kit| kit.has_toolbar);
    let (answer, tally) = if recording {
        accounting::scope_with_statements(next.call(request)).await
    } else {
        accounting::scope(next.call(request)).await
    };
    let elapsed = started.elapsed();
    let outcome = outcome(&answer).word();
    let answer = with_headers(answer, |headers| tell(headers, outcome, (&tally, elapsed)))?;
    let route = route(answer.request().match_pattern());
    let method = known(answer.request().method());
    count((&route, method), answer.status(), (&tally, elapsed));
    Ok(answer)
}

/// The same for a page that was served before the request was routed, without a statement.
pub(crate) fn tell_hit(page: &mut HttpResponse, (route, method): (&'static str, &Method), elapsed: Duration) {
    let tally = Tally::default();
    tell(page.headers_mut(), Outcome::Hit.word(), (&tally, elapsed));
    count((route, known(method)), page.status(), (&tally, elapsed));
}

fn tell(headers: &mut HeaderMap, outcome: &'static str, (tally, elapsed): (&Tally, Duration)) {
    let value = format!(
        "cache;desc={outcome}, db;desc=\"{} queries\";dur={}, app;dur={}",
        tally.count,
        Milliseconds(tally.elapsed),
        Milliseconds(elapsed)
    );
    if is_page(headers) {
        headers.insert(X_CACHE.clone(), HeaderValue::from_static(outcome));
    }
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(SERVER_TIMING.clone(), value);
    }
}

fn count((route, method): (&str, &str), status: StatusCode, (tally, elapsed): (&Tally, Duration)) {
    let (status, statements) = (status.as_u16(), tally.count);
    metrics::request(&metrics::Request { route, method, status, elapsed, statements, in_database: tally.elapsed });
    log::debug!(target: "access", route = route, status = status, queries = statements, milliseconds = elapsed.as_secs_f64() * 1000.0; "answered");
}

/// The route in the words of the documentation, kept by its pattern: there are as many as routes.
fn route(pattern: Option<String>) -> Rc<str> {
    thread_local! {
        static ROUTES: RefCell<HashMap<String, Rc<str>>> = RefCell::default();
    }
    let pattern = pattern.unwrap_or_else(|| "unmatched".to_owned());
    ROUTES.with_borrow_mut(|routes| match routes.get(&pattern) {
        Some(route) => route.clone(),
        None => {
            let route: Rc<str> = pattern::documented(&pattern).into();
            routes.insert(pattern, route.clone());
            route
        }
    })
}

/// A time with one decimal, of which floating point would be the dearest part of the header.
struct Milliseconds(Duration);

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0.as_micros() + 50) / 100;
        let tenths = u64::try_from(tenths).unwrap_or(u64::MAX);
        write!(f, "{}.{}", tenths / 10, tenths % 10)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_one_decimal() {
        for (micros, text) in [(0, "0.0"), (49, "0.0"), (51, "0.1"), (1_234, "1.2"), (12_360_000, "12360.0")] {
            assert_eq!(Milliseconds(Duration::from_micros(micros)).to_string(), text);
        }
    }

    #[test]
    fn a_route_is_told_as_documented() {
        for _ in 0..2 {
            assert_eq!(&*route(Some("/appointments/{id:[0-9]{1,18}}/edit".to_owned())), "/appointments/{id}/edit");
            assert_eq!(&*route(None), "unmatched");
        }
    }
}
