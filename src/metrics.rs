//! The numbers that `/metrics` shows, in one registry for the process.
//!
//! Those of the database and of requests are kept here; others (sessions, Redis, the cache) are made with [`counter`] and
//! [`gauge`] by whoever owns the fact. Labels hold routes and outcomes, never anything about a person.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, PullingGauge, Registry,
    TextEncoder,
};

/// The `Content-Type` of [`render`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

struct Metrics {
    registry: Registry,
    statements: IntCounterVec,
    statement_seconds: Histogram,
    retries: IntCounterVec,
    cache: IntCounterVec,
    mail: IntCounterVec,
    mails_retried: IntGaugeVec,
    request_seconds: HistogramVec,
    request_statements: HistogramVec,
    request_database_seconds: HistogramVec,
    counters: Mutex<HashMap<String, IntCounterVec>>,
    gauges: Mutex<HashMap<String, IntGaugeVec>>,
    readings: Mutex<HashMap<String, PullingGauge>>,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "names and labels are constants; a test renders them")]
    Metrics::new().expect("the metrics are well-formed")
});

const SECONDS: [f64; 13] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const STATEMENTS: [f64; 9] = [0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0];

impl Metrics {
    fn new() -> prometheus::Result<Self> {
        let registry = Registry::new();
        let make = Maker(&registry);
        let request = &["route", "method", "status"];
        Ok(Self {
            statements: make.counters("db_statements_total", STATEMENTS_HELP, &["outcome"])?,
            statement_seconds: make.seconds("db_statement_seconds", "Time of each statement")?,
            retries: make.counters("db_retries_total", RETRIES_HELP, &["kind"])?,
            cache: make.counters("cache_requests_total", CACHE_HELP, &["route", "outcome"])?,
            mail: make.counters("mail_total", MAIL_HELP, &["outcome"])?,
            mails_retried: make.gauges("mail_retried", MAILS_RETRIED_HELP, &[])?,
            request_seconds: make.by("http_request_seconds", REQUEST_HELP, (request, &SECONDS))?,
            request_statements: make.by(
                "http_request_statements",
                "Database statements of each request",
                (&["route"], &STATEMENTS),
            )?,
            request_database_seconds: make.by(
                "http_request_db_seconds",
                "Time of each request in the database",
                (&["route"], &SECONDS),
            )?,
            counters: Mutex::default(),
            gauges: Mutex::default(),
            readings: Mutex::default(),
            registry,
        })
    }
}

const STATEMENTS_HELP: &str = "Statements sent to the database";
const RETRIES_HELP: &str = "Reads and units of work that were run again";
const CACHE_HELP: &str = "Requests of cached routes, by what the cache did";
const MAIL_HELP: &str = "Tries to send a mail, by what became of them";
const MAILS_RETRIED_HELP: &str = "Mails that wait although it was tried to send them";
const REQUEST_HELP: &str = "Time of each request";

/// Makes metrics and registers them.
struct Maker<'a>(&'a Registry);

impl Maker<'_> {
    fn counters(&self, name: &str, help: &str, by: &[&str]) -> prometheus::Result<IntCounterVec> {
        self.registered(IntCounterVec::new(Opts::new(named(name), help), by)?)
    }

    fn gauges(&self, name: &str, help: &str, by: &[&str]) -> prometheus::Result<IntGaugeVec> {
        self.registered(IntGaugeVec::new(Opts::new(named(name), help), by)?)
    }

    fn seconds(&self, name: &str, help: &str) -> prometheus::Result<Histogram> {
        let options = HistogramOpts::new(named(name), help).buckets(SECONDS.to_vec());
        self.registered(Histogram::with_opts(options)?)
    }

    fn by(&self, name: &str, help: &str, (labels, buckets): (&[&str], &[f64])) -> prometheus::Result<HistogramVec> {
        let options = HistogramOpts::new(named(name), help).buckets(buckets.to_vec());
        self.registered(HistogramVec::new(options, labels)?)
    }

    fn registered<C: Collector + Clone + 'static>(&self, collector: C) -> prometheus::Result<C> {
        self.0.register(Box::new(collector.clone()))?;
        Ok(collector)
    }
}

/// Counts what the response cache did for a request of `route`.
pub fn cache(route: &str, outcome: &str) {
    METRICS.cache.with_label_values(&[route, outcome]).inc();
}

/// Counts what became of a try to send a mail: `sent`, `cancelled`, `refused` or `postponed`.
pub(crate) fn mail(outcome: &str) {
    METRICS.mail.with_label_values(&[outcome]).inc();
}

/// Shows how many mails wait although it was tried to send them.
pub(crate) fn mails_retried(mails: i64) {
    METRICS.mails_retried.with_label_values::<&str>(&[]).set(mails);
}

/// A request that was answered.
#[derive(Debug)]
pub struct RequestFigures<'a> {
    /// The pattern of its route, never its path; `unmatched` if none matched.
    pub route: &'a str,
    /// GET, POST …
    pub method: &'a str,
    /// The answer's status code.
    pub status: u16,
    /// From its first byte to the answer.
    pub elapsed: Duration,
    /// Statements that it sent to the database.
    pub statements: u32,
    /// Time that it spent in them.
    pub in_database: Duration,
}

/// Counts a request.
pub fn request(request: &RequestFigures<'_>) {
    thread_local! {
        /// The series of the routes that this thread has served: to find one by its labels costs more than to count.
        static SERIES: RefCell<HashMap<String, RouteSeries>> = RefCell::default();
    }
    SERIES.with_borrow_mut(|routes| match routes.get_mut(request.route) {
        Some(series) => series.count(request),
        None => routes.entry(request.route.to_owned()).or_insert(RouteSeries::of(request.route)).count(request),
    });
}

struct RouteSeries {
    statements: Histogram,
    database_seconds: Histogram,
    /// By method and status.
    seconds: Vec<(String, u16, Histogram)>,
}

impl RouteSeries {
    fn of(route: &str) -> Self {
        Self {
            statements: METRICS.request_statements.with_label_values(&[route]),
            database_seconds: METRICS.request_database_seconds.with_label_values(&[route]),
            seconds: Vec::new(),
        }
    }

    fn count(&mut self, request: &RequestFigures<'_>) {
        self.statements.observe(f64::from(request.statements));
        self.database_seconds.observe(request.in_database.as_secs_f64());
        let elapsed = request.elapsed.as_secs_f64();
        let is_its = |(method, status, _): &&(String, u16, _)| *status == request.status && method == request.method;
        if let Some((_, _, seconds)) = self.seconds.iter().find(is_its) {
            seconds.observe(elapsed);
            return;
        }
        let labels = [request.route, request.method, &request.status.to_string()];
        let seconds = METRICS.request_seconds.with_label_values(&labels);
        seconds.observe(elapsed);
        self.seconds.push((request.method.to_owned(), request.status, seconds));
    }
}

/// Counts a statement.
pub(crate) fn statement(elapsed: Duration, failed: bool) {
    METRICS.statements.with_label_values(&[if failed { "failed" } else { "ok" }]).inc();
    METRICS.statement_seconds.observe(elapsed.as_secs_f64());
}

/// Counts a read, or a unit of work, that is run again: kind `read`, `write` or `conflict`.
pub(crate) fn retried(kind: &str) {
    METRICS.retries.with_label_values(&[kind]).inc();
}

/// Counts a change that waited for a process until its lease was over.
pub(crate) fn waited_for_process() {
    let help = "Changes that waited for a process until its lease was over";
    match counter("cache_unacknowledged_total", help, &[]) {
        Ok(counter) => counter.with_label_values::<&str>(&[]).inc(),
        Err(error) => log::warn!("cache_unacknowledged_total is not counted: {error}"),
    }
}

/// The counter `telemedicine_{name}`, made when it is asked for the first time. `labels` must be the same each time.
///
/// # Errors
/// The name or a label is not one that Prometheus takes.
pub fn counter(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    let mut made = METRICS.counters.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(counter) = made.get(name) {
        return Ok(counter.clone());
    }
    let counter = Maker(&METRICS.registry).counters(name, help, labels)?;
    made.insert(name.to_owned(), counter.clone());
    Ok(counter)
}

/// The gauge `telemedicine_{name}`, made when it is asked for the first time. `labels` must be the same each time.
///
/// # Errors
/// The name or a label is not one that Prometheus takes.
pub fn gauge(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntGaugeVec> {
    let mut made = METRICS.gauges.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(gauge) = made.get(name) {
        return Ok(gauge.clone());
    }
    let gauge = Maker(&METRICS.registry).gauges(name, help, labels)?;
    made.insert(name.to_owned(), gauge.clone());
    Ok(gauge)
}

/// The gauge `telemedicine_{name}` shows what `read` returns at the moment it is asked. A later one of the same name takes its place.
///
/// # Errors
/// The name is not one that Prometheus takes.
pub fn reading(name: &str, help: &str, read: impl Fn() -> f64 + Send + Sync + 'static) -> prometheus::Result<()> {
    let mut made = METRICS.readings.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(old) = made.remove(name) {
        METRICS.registry.unregister(Box::new(old))?;
    }
    let gauge = Maker(&METRICS.registry).registered(PullingGauge::new(named(name), help, Box::new(read))?)?;
    made.insert(name.to_owned(), gauge);
    Ok(())
}

/// All numbers in Prometheus' text format.
///
/// # Errors
/// A number cannot be written.
pub fn render() -> prometheus::Result<String> {
    let mut text = Vec::new();
    TextEncoder::new().encode(&METRICS.registry.gather(), &mut text)?;
    String::from_utf8(text).map_err(|error| prometheus::Error::Msg(error.to_string()))
}

fn named(name: &str) -> String {
    format!("telemedicine_{name}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_shown_by_route() -> prometheus::Result<()> {
        let (elapsed, in_database) = (Duration::from_millis(7), Duration::from_millis(3));
        let route = "/test-route/{id}";
        request(&RequestFigures { route, method: "GET", status: 200, elapsed, statements: 2, in_database });
        let text = render()?;
        assert!(text.contains(
            r#"telemedicine_http_request_seconds_count{method="GET",route="/test-route/{id}",status="200"} 1"#
        ));
        assert!(text.contains(r#"telemedicine_http_request_statements_sum{route="/test-route/{id}"} 2"#));
        Ok(())
    }

    #[test]
    fn a_reading_is_replaced_by_a_later_one() -> prometheus::Result<()> {
        reading("test_reading", "A test", || 1.0)?;
        reading("test_reading", "A test", || 2.0)?;
        assert!(render()?.contains("telemedicine_test_reading 2\n"));
        Ok(())
    }

    #[test]
    fn a_gauge_is_made_once() -> prometheus::Result<()> {
        gauge("test_gauge", "A test", &["kind"])?.with_label_values(&["a"]).set(4);
        gauge("test_gauge", "A test", &["kind"])?.with_label_values(&["a"]).inc();
        assert!(render()?.contains(r#"telemedicine_test_gauge{kind="a"} 5"#));
        Ok(())
    }
}
