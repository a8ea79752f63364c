//! Hostile traffic: what is sent to be taken for somebody else, to keep others out, or to use the server up. Counted, never timed.

mod addresses;
mod budgets;
mod cookies;
mod health;
mod observatory;
mod on_disk;
mod places;
mod production;
mod redis;
mod refusals;
mod slow_heads;

use crate::support::*;

/// What a server for the public is started with.
const PRODUCTION: [(&str, &str); 3] = [
    ("ENVIRONMENT", "production"),
    ("PUBLIC_URL", "https://clinic.test"),
    ("SECRET_KEY", "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3"),
];

/// A GET on a connection of its own, with these header lines, each ended by CRLF.
fn raw_get(app: &TestApp, path: &str, lines: impl AsRef<[u8]>) -> RawAnswer {
    let mut request = format!("GET {path} HTTP/1.1\r\nConnection: close\r\n").into_bytes();
    request.extend_from_slice(lines.as_ref());
    request.extend_from_slice(b"\r\n");
    app.raw(request)
}

/// What an answer sets, each as it stands.
fn set_cookies(answer: &RawAnswer) -> Vec<String> {
    let lines = answer.head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie")).map(|(_, value)| value.to_owned()).collect()
}
