//! `telemedicine serve` with pages open that change by themselves: it ends all the same, and they take hardly any memory.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::program::{Program, Serving};

/// Long after it should have ended, and long before it would give up on streams that nobody ends.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends a request and gives back the connection.
fn send(host: &str, request: &str, rest: &str) -> TcpStream {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n{rest}").unwrap();
    stream
}

/// The whole answer.
fn answer(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// The dashboard, asked for on a connection of its own.
fn dashboard(host: &str, session: &str) -> String {
    answer(send(host, "GET /dashboard", &format!("Cookie: {session}\r\nConnection: close\r\n\r\n")))
}

/// The `Cookie` header of a new session.
fn sign_in(host: &str) -> String {
    let form = "email=doctor1%40demo.test&password=demo-pass-2026";
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let rest = format!("{kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}", form.len());
    let answer = answer(send(host, "POST /sign-in", &rest));
    assert!(answer.contains(" 303 "), "{answer}");
    let cookies = answer.lines().filter(|line| line.to_lowercase().starts_with("set-cookie:"));
    let pairs = cookies.filter_map(|line| line.split_once(':')?.1.split(';').next());
    pairs.map(str::trim).collect::<Vec<_>>().join("; ")
}

/// What the stream has sent up to its first event, however that is written.
fn beginning(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while text.split_once("\r\n\r\n").is_none_or(|(_, events)| events.is_empty()) {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

/// What a stream may take, in kB. Most is the connection's; a compressor would take 400 more.
const MOST_OF_A_STREAM: u64 = 60;

/// A server with people signed in who have a page open.
struct Site {
    serving: Serving,
    host: String,
    sessions: Vec<String>,
    token: String,
    _program: Program,
}

impl Site {
    fn open(people: usize) -> Self {
        let program = Program::new().var("BIND", "127.0.0.1:0").var("SESSION_IDLE_MINUTES", "720");
        let serving = program.serve();
        let url = serving.url();
        let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let sessions: Vec<String> = (0..people).map(|_| sign_in(&host)).collect();
        let page = dashboard(&host, &sessions[0]);
        let token = page.split("data-live=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        Self { serving, host, sessions, token, _program: program }
    }

    /// So many streams of each of these sessions, with how each has begun. Like a browser they would take compressed answers as well.
    fn streams(&self, sessions: &[String], each: usize) -> Vec<(TcpStream, String)> {
        let mut streams = Vec::new();
        for session in sessions.iter().flat_map(|session| vec![session; each]) {
            let rest = format!("Cookie: {session}\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n");
            let mut stream = send(&self.host, &format!("GET /live?on={}", self.token), &rest);
            let begun = beginning(&mut stream);
            streams.push((stream, begun));
        }
        streams
    }

    /// Resident memory of the process in kB; nothing where no kernel says so.
    fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.serving.id())).ok()?;
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
    }

    /// The same once what signing in took is given back: when it has stayed the same for a while.
    fn memory_at_rest(&self) -> Option<u64> {
        let (mut before, mut steady) = (self.memory()?, 0);
        for _ in 0..100 {
            dashboard(&self.host, &self.sessions[0]);
            std::thread::sleep(Duration::from_millis(200));
            let now = self.memory()?;
            steady = if before.abs_diff(now) < 500 { steady + 1 } else { 0 };
            if steady == 10 {
                return Some(now);
            }
            before = now;
        }
        panic!("its memory never comes to rest: {before} kB");
    }
}

#[test]
fn who_is_asked_to_end_ends_all_streams_with_a_word_and_itself() {
    let site = Site::open(10);
    let streams = site.streams(&site.sessions, 5);
    let began = Instant::now();
    site.serving.terminate();
    assert_eq!(site.serving.ended(), Some(0));
    let took = began.elapsed();
    assert!(took < PATIENCE, "it took {took:?} with {} streams", streams.len());
    for (stream, begun) in streams {
        assert!(begun.contains("content-encoding: identity") && begun.contains("event: ready"), "{begun}");
        let said = answer(stream);
        assert!(said.contains("event: bye\ndata: restart"), "{said}");
    }
}

#[test]
fn a_stream_takes_little_memory_whatever_the_browser_would_unpack() {
    // Of more than twenty sessions the oldest end.
    let site = Site::open(16);
    let (first, others) = site.sessions.split_at(6);
    // What is made once is there before it is looked.
    let warm = site.streams(first, 6);
    let Some(before) = site.memory_at_rest() else { return };
    let streams = site.streams(others, 6);
    let after = site.memory().unwrap();
    assert!(after + 500 > before, "{before} kB and then {after}: it gave memory back, so nothing was measured");
    let each = after.saturating_sub(before) / u64::try_from(streams.len()).unwrap();
    println!("{each} kB each of {} streams", streams.len());
    assert!(each <= MOST_OF_A_STREAM, "{each} kB each of {} streams", streams.len());
    drop(warm);
}
