//! Counts the statements of each request, tells them in `Server-Timing`, and keeps the histograms
//! and the access log line: the request's reference, route, status, the id of whoever asked (0: nobody that is known) and what they are,
//! statements, time, what the cache did, and the trace; no address, no name, no query string.

mod roles;

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

use super::{
    request_id::{RequestId, TraceParent},
    with_headers,
};
use entity::enums::Role;

use crate::{
    db::accounting::{self, RequestLabel, StatementTally},
    metrics,
    page_cache::{CacheStatus, KeptFor},
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
    let _in_flight = metrics::in_flight();
    let kit = request.app_data::<web::Data<Kit>>().cloned();
    let recording = kit.as_ref().is_some_and(|kit| kit.has_toolbar);
    let route = route(request.match_pattern());
    let id = RequestId::of(request.extensions().get());
    let label = RequestLabel { id: id.clone(), route: route.to_string() };
    let (answer, tally) = accounting::scope_of_request(label, recording, next.call(request)).await;
    let elapsed = started.elapsed();
    let cache_status = cache_status(&answer).word();
    let cost = RequestCost { cache_status, tally: &tally, elapsed };
    let mut answer = with_headers(answer, |headers| write_headers(headers, &cost))?;
    if let Some(kit) = kit {
        kit.shutdown.end_connection(&mut answer);
    }
    let (user, trace) = {
        let noted = answer.request().extensions();
        let user = noted.get::<RequestUser>().inspect(|user| roles::note(**user)).map(|user| user.id);
        (user.or_else(|| noted.get::<KeptFor>().map(|kept| kept.0)), noted.get::<TraceParent>().cloned())
    };
    let line = AccessLine { id: &id, route: &route, method: answer.request().method(), user, trace: trace.as_ref() };
    count(&line, answer.status(), &cost);
    Ok(answer)
}

/// Whoever sent a request, for its line in the log. Put into the request by whoever finds that out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestUser {
    /// `user.id`.
    pub id: i64,
    /// What they are.
    pub role: Role,
}

/// A request, as its line names it.
pub(crate) struct AccessLine<'a> {
    /// Its reference.
    pub(crate) id: &'a str,
    /// The route, as documented.
    pub(crate) route: &'a str,
    pub(crate) method: &'a Method,
    /// `user.id` of whoever sent it.
    pub(crate) user: Option<i64>,
    /// Which trace it is part of.
    pub(crate) trace: Option<&'a TraceParent>,
}

/// What a request has cost, and what the cache did for it.
struct RequestCost<'a> {
    cache_status: &'static str,
    tally: &'a StatementTally,
    elapsed: Duration,
}

/// The same for a page that was served before the request was routed, without a statement.
pub(crate) fn report_hit(page: &mut HttpResponse, line: &AccessLine<'_>, elapsed: Duration) {
    let cost = RequestCost { cache_status: CacheStatus::Hit.word(), tally: &StatementTally::default(), elapsed };
    write_headers(page.headers_mut(), &cost);
    count(line, page.status(), &cost);
}

fn write_headers(headers: &mut HeaderMap, cost: &RequestCost<'_>) {
    let RequestCost { cache_status, tally, elapsed } = *cost;
    let value = format!(
        "cache;desc={cache_status}, db;desc=\"{} queries\";dur={}, app;dur={}",
        tally.count,
        Milliseconds(tally.elapsed),
        Milliseconds(elapsed)
    );
    if is_page(headers) {
        headers.insert(X_CACHE.clone(), HeaderValue::from_static(cache_status));
    }
    if let Ok(value) = HeaderValue::try_from(value) {
        headers.insert(SERVER_TIMING.clone(), value);
    }
}

/// Counts a request, and logs its one line.
fn count(line: &AccessLine<'_>, status: StatusCode, cost: &RequestCost<'_>) {
    let RequestCost { cache_status: cache, tally, elapsed } = *cost;
    let (id, route, method) = (line.id, line.route, method_label(line.method));
    let (status, statements) = (status.as_u16(), tally.count);
    metrics::request(&metrics::RequestFigures {
        route,
        method,
        status,
        elapsed,
        statements,
        in_database: tally.elapsed,
    });
    if !log::log_enabled!(target: "access", log::Level::Info) {
        return;
    }
    let (user, role) = (line.user.unwrap_or_default(), roles::word(line.user));
    // Whole microseconds.
    let milliseconds = f64::from(u32::try_from(elapsed.as_micros()).unwrap_or(u32::MAX)) / 1000.0;
    match line.trace {
        None => log::info!(
            target: "access",
            id, method, route, status, user, role, statements, milliseconds, cache; "answered"
        ),
        Some(TraceParent { trace, parent }) => log::info!(
            target: "access",
            id, method, route, status, user, role, statements, milliseconds, cache, trace:%, parent:%; "answered"
        ),
    }
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
fn cache_status<B>(answer: &Result<ServiceResponse<B>, Error>) -> CacheStatus {
    let known = answer.as_ref().ok().and_then(|answer| answer.request().extensions().get::<CacheStatus>().copied());
    known.unwrap_or(CacheStatus::Bypass)
}

/// Whether `X-Cache` says something about it: not files, nor what is for programs.
fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
        || headers.contains_key(header::VARY) && headers.contains_key(header::ETAG)
}

/// A method's name as a label. Clients may invent methods; each would be a series for ever.
fn method_label(method: &Method) -> &'static str {
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
