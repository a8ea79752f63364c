//! The numbers that `/metrics` shows, in one registry for the process.
//!
//! Those of the database and of requests are kept here; others (sessions, Redis, the cache) are made with [`counter`] and
//! [`gauge`] and the like by whoever owns the fact. Labels hold routes and outcomes, never anything about a person.

mod made;
mod process;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::LazyLock;
use std::time::Duration;

use prometheus::core::Collector;
use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
};

pub use self::made::{counter, gauge, histogram, or_none, reading};

/// The `Content-Type` of [`render`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

struct Metrics {
    registry: Registry,
    statements: IntCounterVec,
    statement_seconds: Histogram,
    retries: IntCounterVec,
    cache: IntCounterVec,
    in_flight: IntGaugeVec,
    mail: IntCounterVec,
    mails_retried: IntGaugeVec,
    request_seconds: HistogramVec,
    request_statements: HistogramVec,
    request_database_seconds: HistogramVec,
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
        registry.register(Box::new(process::ProcessFigures::new()?))?;
        let make = Maker(&registry);
        let request = &["route", "method", "status"];
        make.gauges("build_info", BUILD_HELP, &["version"])?.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let made = Self {
            statements: make.counters("db_statements_total", STATEMENTS_HELP, &["outcome"])?,
            statement_seconds: make.seconds("db_statement_seconds", "Time of each statement")?,
            retries: make.counters("db_retries_total", RETRIES_HELP, &["kind"])?,
            cache: make.counters("cache_requests_total", CACHE_HELP, &["route", "outcome"])?,
            in_flight: make.gauges("http_requests_in_flight", IN_FLIGHT_HELP, &[])?,
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
            registry,
        };
        made.begin_at_zero();
        Ok(made)
    }

    /// An alarm for what grows sees no growth in a series that begins at 1.
    fn begin_at_zero(&self) {
        let known: [(&IntCounterVec, &[&str]); 3] = [
            (&self.statements, &["ok", "failed"]),
            (&self.retries, &["read", "write", "conflict"]),
            (&self.mail, &["sent", "cancelled", "refused", "postponed", "held"]),
        ];
        for (counter, outcomes) in known {
            for outcome in outcomes {
                counter.with_label_values(&[*outcome]).inc_by(0);
            }
        }
    }
}

const BUILD_HELP: &str = "1; its label says which program this is";
const STATEMENTS_HELP: &str = "Statements sent to the database";
const RETRIES_HELP: &str = "Reads and units of work that were run again";
const CACHE_HELP: &str = "Requests of cached routes, by what the cache did";
const IN_FLIGHT_HELP: &str = "Requests that are being answered; not those that the cache answers at once";
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

/// Counts what became of a try to send a mail: `sent`, `cancelled`, `refused`, `postponed` or `held`.
pub(crate) fn mail(outcome: &str) {
    METRICS.mail.with_label_values(&[outcome]).inc();
}

/// Shows how many mails wait although it was tried to send them.
pub(crate) fn mails_retried(mails: i64) {
    METRICS.mails_retried.with_label_values::<&str>(&[]).set(mails);
}

/// A request that is being answered, as long as it is kept.
#[derive(Debug)]
pub struct InFlight(IntGauge);

/// Counts a request in.
#[must_use]
pub fn in_flight() -> InFlight {
    let gauge = METRICS.in_flight.with_label_values::<&str>(&[]);
    gauge.inc();
    InFlight(gauge)
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
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

/// Tells what readiness said last: 2 ready, 1 degraded, 0 unavailable.
pub(crate) fn readiness(level: i64) {
    let help = "What /health/ready said last: 2 ready, 1 degraded, 0 unavailable";
    if let Some(gauge) = or_none(gauge("readiness", help, &[])) {
        gauge.with_label_values::<&str>(&[]).set(level);
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

/// Counts changes that waited for a process until its lease was over.
pub(crate) fn waited_for_process(changes: u64) {
    let help = "Changes that waited for a process until its lease was over";
    if let Some(counter) = or_none(counter("cache_unacknowledged_total", help, &[])) {
        counter.with_label_values::<&str>(&[]).inc_by(changes);
    }
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
