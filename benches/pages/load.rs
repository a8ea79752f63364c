//! Load by `wrk`, which sends as fast as answers come.

use std::process::Command;

use super::services::seconds;

/// Connections kept busy.
pub(crate) const CONNECTIONS: u32 = 32;

/// What a load found.
pub(crate) struct Load {
    pub(crate) requests_per_second: f64,
    /// As `wrk` writes it, with its unit.
    pub(crate) p99: String,
}

/// Keeps `url` under load with that `Cookie` header; fails when any answer was not 200 or none came.
pub(crate) fn run(url: &str, cookie: &str) -> Load {
    let output = Command::new("wrk")
        .args([
            "-t1",
            "--latency",
            &format!("-c{CONNECTIONS}"),
            &format!("-d{}s", seconds()),
            "-H",
            &format!("Cookie: {cookie}"),
            url,
        ])
        .output()
        .expect("the load generator wrk is installed");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && !said.contains("Non-2xx") && !said.contains("Socket errors"), "{url}: {said}");
    let after = |mark: &str| {
        said.lines()
            .find_map(|line| line.trim().strip_prefix(mark))
            .unwrap_or_else(|| panic!("{said}"))
            .trim()
            .to_owned()
    };
    Load { requests_per_second: after("Requests/sec:").parse().unwrap(), p99: after("99%") }
}
