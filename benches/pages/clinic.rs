//! The program itself, in a process of its own.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command},
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use reqwest::{header, redirect::Policy};
use rustix::process::{Pid, Signal, kill_process};

use super::services::{Services, appointments, block_on};

/// The password of every demo account.
pub(crate) const PASSWORD: &str = "demo-pass-2026";

/// Longer than a process that has started needs to be among the others.
pub(crate) const SETTLED: Duration = Duration::from_secs(2);

/// Readings of a page's cost; the middle one counts.
const READINGS: usize = 51;

/// A running server; stopped when dropped.
pub(crate) struct Clinic {
    process: Child,
    pub(crate) http: reqwest::Client,
    pub(crate) origin: String,
    /// From the start of the process until it said that it is ready to serve.
    pub(crate) start: Duration,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) headers: header::HeaderMap,
    /// As it went over the wire.
    pub(crate) body: Vec<u8>,
}

/// What a page cost the server.
pub(crate) struct Cost {
    pub(crate) statements: u32,
    /// In the server, from the request's arrival to its answer; the middle of many.
    pub(crate) milliseconds: f64,
    /// The part of it that was spent on the database.
    pub(crate) database: f64,
}

/// Fills this run's database with the demo clinic.
pub(crate) fn load_demo(services: &Services) {
    let size = ["--hospitals", "10", "--doctors", "200", "--patients", "10000", "--appointments"];
    let loaded = program(services, 0, &[]).arg("demo").args(size).arg(appointments()).status().unwrap();
    assert!(loaded.success(), "telemedicine demo failed");
    services.analyze();
}

impl Clinic {
    /// Serves what is in the database, with these settings changed.
    pub(crate) fn serve(services: &Services, changes: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let begun = Instant::now();
        let process = program(services, port, changes).arg("serve").spawn().unwrap();
        // Pages are weighed and shown as they came. A connection that is kept would outlive the runtime of the request that opened it.
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .no_brotli()
            .no_gzip()
            .pool_max_idle_per_host(0);
        let origin = format!("http://127.0.0.1:{port}");
        let mut clinic = Self { process, http: http.build().unwrap(), origin, start: Duration::ZERO };
        while !block_on(is_ready(&clinic.origin)) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not start");
            std::thread::sleep(Duration::from_millis(2));
        }
        clinic.start = begun.elapsed();
        clinic
    }

    /// Signs these people in, a few at a time; their `Cookie` headers, in the same order.
    pub(crate) fn sign_in(&self, emails: &[String]) -> Vec<String> {
        let each = emails.iter().enumerate().map(|(place, email)| self.cookie_of(email, place));
        block_on(stream::iter(each).buffered(4).collect())
    }

    async fn cookie_of(&self, email: &str, place: usize) -> String {
        let request = self
            .http
            .post(format!("{}/sign-in", self.origin))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", address(place))
            .body(form(&[("email", email), ("password", PASSWORD)]));
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 303, "{email} cannot sign in");
        let cookies = answer.headers().get_all(header::SET_COOKIE);
        let pairs: Vec<&str> =
            cookies.iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
        pairs.join("; ")
    }

    /// The page at `path`; with `encoding` compressed.
    pub(crate) fn page(&self, path: &str, cookie: &str, encoding: &str) -> Answer {
        block_on(async {
            let mut request = self.http.get(format!("{}{path}", self.origin));
            for (name, value) in [(header::COOKIE, cookie), (header::ACCEPT_ENCODING, encoding)] {
                if !value.is_empty() {
                    request = request.header(name, value);
                }
            }
            let answer = request.send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 200, "{path}");
            Answer { headers: answer.headers().clone(), body: answer.bytes().await.unwrap().to_vec() }
        })
    }

    /// Submits a form, which must be done.
    pub(crate) fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) {
        block_on(async {
            let request = self
                .http
                .post(format!("{}{path}", self.origin))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::COOKIE, cookie)
                .body(form(fields));
            assert_eq!(request.send().await.unwrap().status().as_u16(), 303, "{path}");
        });
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn end(mut self) {
        let pid = Pid::from_raw(i32::try_from(self.process.id()).unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
        assert!(self.process.wait().unwrap().success(), "it broke something off");
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What the page costs when it is rendered, read often enough to know.
    pub(crate) fn cost(&self, path: &str, cookie: &str) -> Cost {
        let timing = |_| self.page(path, cookie, "").header("server-timing");
        let timings: Vec<String> = (0..READINGS).map(timing).collect();
        let middle = |number: fn(&str) -> f64| {
            let mut numbers: Vec<f64> = timings.iter().map(|timing| number(timing)).collect();
            numbers.sort_by(f64::total_cmp);
            numbers[READINGS / 2]
        };
        Cost {
            statements: middle(|timing| number_after(timing, "db;desc=\"")) as u32,
            milliseconds: middle(|timing| number_after(timing, "app;dur=")),
            database: middle(|timing| number_after(timing, "queries\";dur=")),
        }
    }

    /// The sum of the numbers in `/metrics` whose line begins with `telemedicine_{name}` and holds all of `labels`.
    pub(crate) fn metric(&self, name: &str, labels: &[&str]) -> f64 {
        let text = String::from_utf8(self.page("/metrics", "", "").body).unwrap();
        let name = format!("telemedicine_{name}");
        let lines = text.lines().filter(|line| line.split(['{', ' ']).next() == Some(&name));
        let chosen = lines.filter(|line| labels.iter().all(|label| line.contains(label)));
        chosen.map(|line| line.rsplit(' ').next().unwrap().parse::<f64>().unwrap()).sum()
    }

    /// Resident memory of the server's process in MB, as Linux tells it.
    pub(crate) fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(f64::NAN) * 1.024
            / 1000.0
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// How many statements an answer cost.
pub(crate) fn statements(answer: &reqwest::Response) -> u32 {
    let timing = answer.headers().get("server-timing").and_then(|value| value.to_str().ok()).unwrap_or_default();
    number_after(timing, "db;desc=\"") as u32
}

impl Answer {
    /// How many statements it cost; none that comes from the cache.
    pub(crate) fn statements(&self) -> u32 {
        number_after(&self.header("server-timing"), "db;desc=\"") as u32
    }

    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }
}

/// Fields as browsers send them.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The address that the person at that place in a list comes from.
pub(crate) fn address(place: usize) -> String {
    format!("10.0.{}.{}", place / 250, place % 250 + 1)
}

fn program(services: &Services, port: u16, changes: &[(&str, &str)]) -> Command {
    let mut command = Command::new(services.program());
    command.envs(services.settings(port)).envs(changes.iter().copied()).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

async fn is_ready(origin: &str) -> bool {
    let answer = reqwest::get(format!("{origin}/health/ready")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// The number that follows `mark` in `text`; 0 if the mark is not there.
fn number_after(text: &str, mark: &str) -> f64 {
    let rest = text.split(mark).nth(1).unwrap_or_default();
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().unwrap_or_default()
}
