//! Metrics that belong to whoever owns the fact: each is made when it is asked for the first time.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use prometheus::{HistogramVec, IntCounterVec, IntGaugeVec, PullingGauge};

use super::{METRICS, Maker, SECONDS, named};

type Made<T> = LazyLock<Mutex<HashMap<String, T>>>;

static COUNTERS: Made<IntCounterVec> = LazyLock::new(Mutex::default);
static GAUGES: Made<IntGaugeVec> = LazyLock::new(Mutex::default);
static HISTOGRAMS: Made<HistogramVec> = LazyLock::new(Mutex::default);
static READINGS: Made<PullingGauge> = LazyLock::new(Mutex::default);

/// A metric, or a line in the log that there is none: nothing fails for want of one.
pub fn or_none<T>(made: prometheus::Result<T>) -> Option<T> {
    made.inspect_err(|error| log::warn!("something is not shown in the metrics: {error}")).ok()
}

/// The histogram of seconds `telemedicine_{name}`, made when it is asked for the first time. `labels` must be the same each time.
///
/// # Errors
/// The name or a label is not one that Prometheus takes.
pub fn histogram(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<HistogramVec> {
    let mut made = HISTOGRAMS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(histogram) = made.get(name) {
        return Ok(histogram.clone());
    }
    let histogram = Maker(&METRICS.registry).by(name, help, (labels, &SECONDS))?;
    made.insert(name.to_owned(), histogram.clone());
    Ok(histogram)
}

/// The counter `telemedicine_{name}`, made when it is asked for the first time. `labels` must be the same each time.
///
/// # Errors
/// The name or a label is not one that Prometheus takes.
pub fn counter(name: &str, help: &str, labels: &[&str]) -> prometheus::Result<IntCounterVec> {
    let mut made = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
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
    let mut made = GAUGES.lock().unwrap_or_else(PoisonError::into_inner);
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
    let mut made = READINGS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(old) = made.remove(name) {
        METRICS.registry.unregister(Box::new(old))?;
    }
    let gauge = Maker(&METRICS.registry).registered(PullingGauge::new(named(name), help, Box::new(read))?)?;
    made.insert(name.to_owned(), gauge);
    Ok(())
}
