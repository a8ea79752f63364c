//! Load by `wrk`, which sends as fast as answers come.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::services::{in_the_project, seconds};

/// Connections kept busy.
pub(crate) const CONNECTIONS: u32 = 32;

/// How often each of several loads that are compared is run, in turns: the middle one counts.
const TURNS: usize = 3;

/// What to send, and with how many connections.
#[derive(Clone)]
pub(crate) struct Task {
    url: String,
    headers: Vec<String>,
    script: Option<(PathBuf, &'static str)>,
    connections: u32,
    seconds: u64,
}

/// What a load found.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) requests_per_second: f64,
    /// In milliseconds.
    pub(crate) p99: f64,
    /// All that was printed, with what the script said.
    pub(crate) said: String,
}

/// A load under way.
pub(crate) struct Running {
    process: Child,
    url: String,
}

impl Task {
    /// GET that address, again and again, with that `Cookie` header unless it is empty.
    pub(crate) fn get(url: String, cookie: &str) -> Self {
        let headers = if cookie.is_empty() { Vec::new() } else { vec![format!("Cookie: {cookie}")] };
        Self { url, headers, script: None, connections: CONNECTIONS, seconds: seconds() }
    }

    /// The requests that `plan` lists, one a line (see `requests.lua`), picked by the script as `how` says.
    pub(crate) fn scripted(origin: &str, plan: &Path, how: &'static str) -> Self {
        Self { script: Some((plan.to_owned(), how)), ..Self::get(origin.to_owned(), "") }
    }

    /// With a header more.
    pub(crate) fn header(mut self, line: String) -> Self {
        self.headers.push(line);
        self
    }

    /// With so many connections.
    pub(crate) fn connections(self, connections: u32) -> Self {
        Self { connections, ..self }
    }

    /// For so many seconds.
    pub(crate) fn lasting(self, seconds: u64) -> Self {
        Self { seconds, ..self }
    }

    /// Begins.
    pub(crate) fn start(&self) -> Running {
        let mut command = Command::new("wrk");
        command.args(["-t1", "--latency", "--timeout", "30s"]);
        command.args([format!("-c{}", self.connections), format!("-d{}s", self.seconds)]);
        for header in &self.headers {
            command.args(["-H", header]);
        }
        if self.script.is_some() {
            command.arg("-s").arg(in_the_project("benches/pages/requests.lua"));
        }
        command.arg(&self.url);
        if let Some((plan, how)) = &self.script {
            command.arg("--").arg(plan).arg(how);
        }
        let process = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn();
        Running { process: process.expect("the load generator wrk is installed"), url: self.url.clone() }
    }

    /// Runs to its end; fails when any answer was an error or none came.
    pub(crate) fn run(&self) -> Load {
        self.start().finish()
    }
}

impl Running {
    /// Waits for its end; fails when any answer was an error or none came.
    pub(crate) fn finish(self) -> Load {
        let output = self.process.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let failed = said.contains("Non-2xx") || said.contains("Socket errors");
        assert!(output.status.success() && !failed, "{}: {said}", self.url);
        let after = |mark: &str| {
            let line = said.lines().find_map(|line| line.trim().strip_prefix(mark));
            line.unwrap_or_else(|| panic!("{said}")).trim().to_owned()
        };
        let requests_per_second = after("Requests/sec:").parse().unwrap();
        let p99 = milliseconds(&after("99%"));
        Load { requests_per_second, p99, said }
    }
}

/// Runs loads that are to be compared in turns, so that what else happens on the machine meets all of them; of each
/// the run with the middle rate.
pub(crate) fn in_turns<const N: usize>(tasks: [Task; N]) -> [Load; N] {
    let lasting = |task: Task| {
        let seconds = task.seconds.div_ceil(TURNS as u64);
        task.lasting(seconds)
    };
    let tasks = tasks.map(lasting);
    let mut runs: [Vec<Load>; N] = std::array::from_fn(|_| Vec::new());
    for _ in 0..TURNS {
        for (task, runs) in tasks.iter().zip(&mut runs) {
            runs.push(task.run());
        }
    }
    runs.map(|mut runs| {
        runs.sort_by(|one, other| one.requests_per_second.total_cmp(&other.requests_per_second));
        runs.swap_remove(TURNS / 2)
    })
}

/// `1.25ms`, `830.00us`, `1.10s`.
fn milliseconds(text: &str) -> f64 {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits.parse().unwrap();
    match text.trim_start_matches(digits) {
        "us" => number / 1000.0,
        "ms" => number,
        "s" => number * 1000.0,
        "m" => number * 60_000.0,
        unit => panic!("a time in {unit}"),
    }
}
