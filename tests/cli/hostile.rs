//! Hostile traffic to the program itself: what it takes of memory, and of the log. Counted, never timed.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use crate::program::Program;

/// One connection, and what is sent over it.
struct Connection {
    to: BufReader<TcpStream>,
    host: String,
}

impl Connection {
    fn open(url: &str) -> Self {
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        Self { to: BufReader::new(TcpStream::connect(&host).unwrap()), host }
    }

    /// Sends it and reads the whole answer: its status and headers.
    fn ask(&mut self, first: &str, lines: &str, body: &str) -> String {
        let host = &self.host;
        let length = body.len();
        let stream = self.to.get_mut();
        write!(stream, "{first} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n{lines}\r\n{body}").unwrap();
        let (mut head, mut line) = (String::new(), String::new());
        while self.to.read_line(&mut line).unwrap() > 2 {
            head.push_str(&line);
            line.clear();
        }
        let named = |line: &&str| line.to_ascii_lowercase().starts_with("content-length:");
        let length =
            head.lines().find(named).and_then(|line| line.split(": ").nth(1)).map_or(0, |text| text.parse().unwrap());
        if !first.starts_with("HEAD ") {
            let mut body = vec![0; length];
            self.to.read_exact(&mut body).unwrap();
        }
        head
    }
}

fn resident_megabytes(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}

/// How many files the process may open.
fn open_files(id: u32, which: &str) -> u64 {
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    let place = if which == "soft" { 0 } else { 1 };
    line.split_whitespace().nth(place).unwrap().parse().unwrap_or(u64::MAX)
}

/// Each with another 100 kB beside a session that is signed, live or over: nothing of them is remembered.
#[cfg(target_os = "linux")]
#[test]
fn six_thousand_requests_with_a_hundred_kilobytes_of_cookies_leave_the_memory_as_it_was() {
    let program = Program::new().var("BIND", "127.0.0.1:0");
    let serving = program.serve_logging();
    let mut connection = Connection::open(&serving.url());
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let answer = connection.ask("POST /sign-in", form, "email=patient1%40demo.test&password=demo-pass-2026");
    let session = answer.lines().find_map(|line| line.split(": ").nth(1).filter(|value| value.starts_with("session=")));
    let session = session.unwrap_or_else(|| panic!("{answer}")).split(';').next().unwrap().to_owned();
    let mut send = |number: usize| {
        let junk = "x".repeat(100_000);
        let lines = format!("Cookie: j={number}{junk}; {session}\r\n");
        connection.ask("HEAD /dashboard", &lines, "")
    };
    for number in 0..200 {
        send(number);
    }
    let before = resident_megabytes(serving.id());
    let mut statuses: Vec<String> =
        (200..6_000).map(|number| send(number).split(' ').nth(1).unwrap_or_default().to_owned()).collect();
    statuses.dedup();
    let after = resident_megabytes(serving.id());
    assert_eq!(open_files(serving.id(), "soft"), open_files(serving.id(), "hard").min(65_536), "raised at the start");
    assert_eq!(statuses, ["431"]);
    assert!(after < before + 32, "from {before} MB to {after} MB");
}

#[test]
fn a_flood_of_refusals_does_not_fill_the_log() {
    let program = Program::new().var("BIND", "127.0.0.1:0");
    let serving = program.serve_logging();
    let url = serving.url();
    let mut connection = Connection::open(&url);
    for _ in 0..200 {
        let answer = connection.ask("POST /sign-out", "Origin: https://evil.test\r\n", "");
        assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    }
    for _ in 0..3 {
        let answer = connection.ask("GET /profile", "Cookie: session=made-up\r\n", "");
        assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    }
    assert_eq!(serving.stop(), Some(0));
    let log = program.log();
    let lines = |part: &str| log.lines().filter(|line| line.contains("target=security") && line.contains(part)).count();
    // Two minutes at most, if one ended in between.
    let cross_site = lines("message=refused act=cross_site reason=from_another_site address=127.0.0.1");
    assert!((30..=60).contains(&cross_site), "{cross_site} lines");
    assert_eq!(lines("act=cookie reason=signature"), 3, "{log}");
    assert!(lines("more=") >= 1, "what was left out is said: {log}");
}
