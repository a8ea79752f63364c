//! Requests that arrive at a fixed rate, whether or not earlier ones have been answered.
//!
//! `wrk` sends its next request when the last one was answered: while an answer is slow nobody else arrives, and their wait is not
//! counted. Here each request has a moment at which it is due, and its time runs from then until the last byte of its answer. None of
//! the load generators that are packaged can take requests with cookies of their own from a list and do that.

use std::{
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use reqwest::{Method, header, redirect::Policy};

use super::services::{block_on, seconds};

/// The time from when requests were due to their answers, in milliseconds.
pub(crate) struct Steady {
    pub(crate) median: f64,
    pub(crate) p99: f64,
    /// How many were answered.
    pub(crate) answered: usize,
}

/// A line of a list of requests.
#[derive(Clone)]
struct Line {
    class: String,
    cookie: String,
    address: String,
    method: Method,
    path: String,
    body: String,
}

/// Sends what `plan` lists, mixed as `requests.lua` mixes it, `rate` times a second for `BENCH_SECONDS`.
pub(crate) fn run(origin: &str, plan: &Path, rate: f64) -> Steady {
    let count = (rate * seconds() as f64) as usize;
    let schedule = schedule(plan, count);
    let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().no_brotli().no_gzip().build().unwrap();
    let times = Arc::new(Mutex::new(Vec::with_capacity(count)));
    block_on(async {
        let begun = tokio::time::Instant::now();
        let mut sent = Vec::with_capacity(count);
        for (place, line) in schedule.into_iter().enumerate() {
            let due = begun + Duration::from_secs_f64(place as f64 / rate);
            tokio::time::sleep_until(due).await;
            let (http, url, times) = (http.clone(), format!("{origin}{}", line.path), Arc::clone(&times));
            sent.push(tokio::spawn(async move {
                send(&http, url, line).await;
                times.lock().unwrap().push(milliseconds_since(due.into_std()));
            }));
        }
        for request in sent {
            request.await.unwrap();
        }
    });
    let mut times = Arc::into_inner(times).unwrap().into_inner().unwrap();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    Steady { median: at(0.5), p99: at(0.99), answered: times.len() }
}

/// 70 % dashboards, 15 % lists, 5 % directory, each picked by chance; 10 % acts in their order, each once.
fn schedule(plan: &Path, count: usize) -> Vec<Line> {
    let text = std::fs::read_to_string(plan).unwrap();
    let lines: Vec<Line> = text.lines().map(parsed).collect();
    let of = |class: &str| lines.iter().filter(|line| line.class == class).cloned().collect::<Vec<_>>();
    let (dashboards, lists, directory) = (of("dashboard"), of("list"), of("directory"));
    let mut acts = of("act").into_iter();
    let mut dice = StdRng::seed_from_u64(2026);
    let mut next = || {
        let pick = |lines: &[Line], dice: &mut StdRng| lines[dice.random_range(0..lines.len())].clone();
        match dice.random_range(0..100) {
            0..70 => pick(&dashboards, &mut dice),
            70..85 => pick(&lists, &mut dice),
            85..90 => pick(&directory, &mut dice),
            _ => acts.next().expect("acts are left: lower BENCH_SECONDS"),
        }
    };
    (0..count).map(|_| next()).collect()
}

fn parsed(line: &str) -> Line {
    let cells: Vec<&str> = line.split('\t').collect();
    let text = |cell: usize| cells[cell].to_owned();
    let method = if cells[4] == "POST" { Method::POST } else { Method::GET };
    Line { class: text(0), cookie: text(2), address: text(3), method, path: text(5), body: text(6) }
}

async fn send(http: &reqwest::Client, url: String, line: Line) {
    let mut request = http.request(line.method.clone(), &url).header(header::ACCEPT_ENCODING, "gzip, deflate, br");
    for (name, value) in [("cookie", line.cookie), ("x-forwarded-for", line.address)] {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    if line.method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(line.body);
    }
    let answer = request.send().await.unwrap();
    let status = answer.status();
    assert!(status.is_success() || status.is_redirection(), "{url}: {status}");
    answer.bytes().await.unwrap();
}

fn milliseconds_since(moment: Instant) -> f64 {
    moment.elapsed().as_secs_f64() * 1000.0
}
