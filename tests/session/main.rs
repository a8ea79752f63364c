//! Redis, sessions and rate limits against real servers, and what becomes of them when Redis misbehaves.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and reads the addresses of its services itself"
)]

mod batches;
mod clinic;
#[path = "../web/support/database.rs"]
#[expect(dead_code, reason = "the web tests use more of it")]
mod database;
mod faults;
#[path = "../web/support/ports.rs"]
mod ports;
mod rate_limits;
mod redis_faults;
#[path = "../web/support/redis_server.rs"]
mod redis_server;
mod seat_belt;
mod store;
mod suite;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use telemedicine::settings::{self, Settings};

/// The settings of a process that uses the Redis at `url`.
pub(crate) fn redis_settings(url: &str) -> settings::RedisSettings {
    settings_with(&[("REDIS_URL", url), ("REDIS_CONNECT_TIMEOUT", "1"), ("REDIS_TIMEOUT", "1")]).redis.unwrap()
}

/// Settings of a development process with these variables.
pub(crate) fn settings_with(vars: &[(&str, &str)]) -> Settings {
    let vars: BTreeMap<String, String> = vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Settings::from_vars(&vars).expect("settings")
}

/// Tries until `works` says yes; how long that took. Fails after `limit`.
pub(crate) async fn until(limit: Duration, works: impl AsyncFn() -> bool) -> Duration {
    let start = Instant::now();
    while !works().await {
        assert!(start.elapsed() < limit, "not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    start.elapsed()
}
