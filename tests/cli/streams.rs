//! `telemedicine serve` with pages open that change by themselves: it ends all the same.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::program::Program;

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

/// What the stream has sent up to its first event.
fn first_event(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    let mut buffer = [0; 1024];
    while !text.contains("event: ready") {
        let count = stream.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    text
}

#[test]
fn who_is_asked_to_end_ends_all_streams_with_a_word_and_itself() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("SESSION_IDLE_MINUTES", "720");
    let serving = program.serve();
    let url = serving.url();
    let host = url.trim_start_matches("http://").trim_end_matches('/');
    let sessions: Vec<String> = (0..10).map(|_| sign_in(host)).collect();
    let dashboard = format!("Cookie: {}\r\nConnection: close\r\n\r\n", sessions[0]);
    let page = answer(send(host, "GET /dashboard", &dashboard));
    let token = page.split("data-live=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut streams = Vec::new();
    for session in sessions.iter().flat_map(|session| [session; 5]) {
        let mut stream = send(host, &format!("GET /live?on={token}"), &format!("Cookie: {session}\r\n\r\n"));
        let begun = first_event(&mut stream);
        assert!(begun.contains("content-encoding: identity"), "{begun}");
        streams.push(stream);
    }
    let began = Instant::now();
    serving.terminate();
    assert_eq!(serving.ended(), Some(0));
    let took = began.elapsed();
    assert!(took < PATIENCE, "it took {took:?} with {} streams", streams.len());
    for stream in streams {
        let said = answer(stream);
        assert!(said.contains("event: bye\ndata: restart"), "{said}");
    }
}
