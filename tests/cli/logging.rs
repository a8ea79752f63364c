//! What a server writes into its log.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

use crate::program::Program;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// The answer to a request with these headers, as it comes.
fn exchange(url: &str, request: &str, headers: &[&str], body: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let length = body.len();
    write!(
        stream,
        "{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What an answer says under this name, each time.
fn said<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(its, _)| its.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
}

/// The cookie header of a browser in which this demo account is signed in.
fn signed_in(url: &str, email: &str) -> String {
    let form = format!("email={}&password=demo-pass-2026", email.replace('@', "%40"));
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let answer = exchange(url, "POST /sign-in", &[kind], &form);
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
    let cookies: Vec<&str> =
        said(&answer, "set-cookie").iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    format!("Cookie: {}", cookies.join("; "))
}

fn lines(program: &Program) -> Vec<Value> {
    let text = std::fs::read_to_string(program.folder().join("log")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[test]
fn each_request_is_one_line_of_json_with_who_asked_and_the_trace_that_a_trusted_proxy_tells() {
    let program =
        Program::new().var("BIND", "127.0.0.1:0").var("LOG_FORMAT", "json").var("TRUSTED_PROXIES", "127.0.0.1");
    let serving = program.serve_logging_to("log");
    let url = serving.url();
    let named = [format!("X-Request-Id: {ID}"), format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-01")];
    let named = [named[0].as_str(), named[1].as_str()];
    let answer = exchange(&url, "GET /sign-in", &named, "");
    assert_eq!(said(&answer, "x-request-id"), [ID]);
    let cookie = signed_in(&url, "doctor1@demo.test");
    for _ in 0..2 {
        let answer = exchange(&url, "GET /dashboard", &[&cookie], "");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(serving.stop(), Some(0));

    let lines = lines(&program);
    assert!(lines.iter().all(|line| line["time"].is_string() && line["message"].is_string()));
    let of = |route: &str, method: &str| -> Vec<&Value> {
        lines
            .iter()
            .filter(|line| line["target"] == "access" && line["route"] == route && line["method"] == method)
            .collect()
    };
    let page = of("/sign-in", "GET");
    assert_eq!(page.len(), 1);
    assert_eq!((&page[0]["id"], &page[0]["trace"]), (&Value::from(ID), &Value::from(TRACE)));
    assert_eq!((&page[0]["status"], &page[0]["user"], &page[0]["role"]), (&200.into(), &0.into(), &"visitor".into()));
    assert!(page[0]["milliseconds"].is_number() && page[0]["statements"].is_u64());
    assert_eq!(of("/sign-in", "POST")[0]["status"], 303);
    let dashboards = of("/dashboard", "GET");
    assert_eq!(dashboards.len(), 2);
    for (dashboard, cache) in dashboards.iter().zip(["miss", "hit"]) {
        assert_eq!((&dashboard["role"], &dashboard["cache"]), (&"doctor".into(), &cache.into()), "{dashboard}");
        assert!(dashboard["user"].as_i64().unwrap() > 0 && dashboard.get("trace").is_none());
    }
}

#[test]
fn who_is_no_proxy_names_neither_a_request_nor_a_trace() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("LOG_FORMAT", "json");
    let serving = program.serve_logging_to("log");
    let answer = exchange(
        &serving.url(),
        "GET /sign-in",
        &[&format!("X-Request-Id: {ID}"), &format!("traceparent: 00-{TRACE}-00f067aa0ba902b7-01")],
        "",
    );
    assert_eq!(serving.stop(), Some(0));
    let id = said(&answer, "x-request-id");
    assert!(id.len() == 1 && id[0].len() == 12, "{id:?}");
    let log = std::fs::read_to_string(program.folder().join("log")).unwrap();
    assert!(!log.contains(ID) && !log.contains(TRACE) && log.contains(id[0]), "{log}");
}
