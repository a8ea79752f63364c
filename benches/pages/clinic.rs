//! The program itself, serving a demo clinic in a process of its own.

use std::{
    fs,
    net::TcpListener,
    process::{Child, Command},
    time::{Duration, Instant},
};

use reqwest::{header, redirect::Policy};

use super::services::{Services, appointments, block_on};

/// One of each role.
pub(crate) const ACCOUNTS: [&str; 4] =
    ["super@demo.test", "admin1@demo.test", "doctor1@demo.test", "patient1@demo.test"];

/// Readings of a page's cost; the middle one counts.
const READINGS: usize = 51;

/// A running server; stopped when dropped.
pub(crate) struct Clinic {
    process: Child,
    pub(crate) origin: String,
    /// From the start of the process until it said that it is ready to serve.
    pub(crate) start: Duration,
}

/// Somebody signed in.
pub(crate) struct Person {
    http: reqwest::Client,
    origin: String,
    /// The `Cookie` header.
    pub(crate) cookie: String,
}

/// A page and what it cost the server.
pub(crate) struct Measured {
    pub(crate) statements: u32,
    /// In the server, from the request's arrival to its answer; the middle of many.
    pub(crate) milliseconds: f64,
    pub(crate) body: String,
}

impl Measured {
    pub(crate) fn kilobytes(&self) -> f64 {
        f64::from(u32::try_from(self.body.len()).unwrap()) / 1000.0
    }
}

impl Clinic {
    /// Loads the demo and serves it.
    pub(crate) fn serve(services: &Services) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        load_demo(program(services, port));
        services.analyze();
        let begun = Instant::now();
        let process = program(services, port).arg("serve").spawn().unwrap();
        let origin = format!("http://127.0.0.1:{port}");
        let mut clinic = Self { process, origin, start: Duration::ZERO };
        while !block_on(is_ready(&clinic.origin)) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the server does not start");
            std::thread::sleep(Duration::from_millis(2));
        }
        clinic.start = begun.elapsed();
        clinic
    }

    /// Signs that demo account in.
    pub(crate) fn sign_in(&self, email: &str) -> Person {
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("email", email), ("password", "demo-pass-2026")])
            .finish();
        let request = http
            .post(format!("{}/sign-in", self.origin))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
        let answer = block_on(async { request.send().await.unwrap() });
        assert_eq!(answer.status().as_u16(), 303, "{email} cannot sign in");
        let cookies = answer.headers().get_all(header::SET_COOKIE);
        let pairs: Vec<&str> =
            cookies.iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap()).collect();
        Person { cookie: pairs.join("; "), http, origin: self.origin.clone() }
    }

    /// Resident memory of the server's process, as Linux tells it.
    pub(crate) fn memory(&self) -> String {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes =
            line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse::<f64>().ok());
        kibibytes.map_or_else(|| "unknown".to_owned(), |kibibytes| format!("{:.0} MB", kibibytes / 1000.0 * 1.024))
    }
}

impl Drop for Clinic {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Person {
    /// Their dashboard, read often enough to know its cost.
    pub(crate) fn dashboard(&self) -> Measured {
        block_on(async {
            let mut times = Vec::new();
            let (mut statements, mut body) = (0, String::new());
            for _ in 0..READINGS {
                let request = self.http.get(format!("{}/dashboard", self.origin)).header(header::COOKIE, &self.cookie);
                let answer = request.send().await.unwrap();
                assert_eq!(answer.status().as_u16(), 200);
                let timing = answer.headers().get("server-timing").unwrap().to_str().unwrap().to_owned();
                statements = number_after(&timing, "db;desc=\"") as u32;
                times.push(number_after(&timing, "app;dur="));
                body = answer.text().await.unwrap();
            }
            times.sort_by(f64::total_cmp);
            Measured { statements, milliseconds: times[READINGS / 2], body }
        })
    }
}

fn program(services: &Services, port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_telemedicine"));
    command.envs(services.settings(port)).current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

fn load_demo(mut program: Command) {
    let size = ["--hospitals", "10", "--doctors", "200", "--patients", "10000", "--appointments"];
    let loaded = program.arg("demo").args(size).arg(appointments()).status().unwrap();
    assert!(loaded.success(), "telemedicine demo failed");
}

async fn is_ready(origin: &str) -> bool {
    let answer = reqwest::get(format!("{origin}/health/ready")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

/// The number that follows `mark` in `text`.
fn number_after(text: &str, mark: &str) -> f64 {
    let rest = text.split(mark).nth(1).unwrap_or_default();
    let digits: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    digits.parse().unwrap()
}
