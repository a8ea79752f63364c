//! `telemedicine serve`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::program::{Program, service};

fn address(url: &str) -> &str {
    url.trim_start_matches("http://").trim_end_matches('/')
}

/// The status line of a GET.
fn get(url: &str, path: &str) -> String {
    let address = address(url);
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn an_empty_folder_becomes_a_clinic() {
    let program = Program::new().var("BIND", "127.0.0.1:0");
    let serving = program.serve();
    for account in ["super", "admin1", "doctor1", "patient1"] {
        let address = format!("{account}@demo.test");
        assert!(serving.greeting.contains(&address), "{}", serving.greeting);
    }
    assert!(serving.greeting.contains("demo-pass-2026"), "{}", serving.greeting);
    assert!(get(&serving.url(), "/health/live").contains(" 200 "));
    assert!(get(&serving.url(), "/health/ready").contains(" 200 "));
    assert_eq!(serving.stop(), Some(0));
    assert!(program.folder().join("data/telemedicine.db").exists());

    // The second start finds the same clinic.
    let serving = program.serve();
    assert!(serving.greeting.contains("doctor1@demo.test"), "{}", serving.greeting);
    assert!(get(&serving.url(), "/health/ready").contains(" 200 "));
    assert_eq!(serving.stop(), Some(0));
}

#[test]
fn production_gets_no_demo_data() {
    let program = Program::new()
        .var("ENVIRONMENT", "production")
        .var("SECRET_KEY", "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3")
        .var("PUBLIC_URL", "https://clinic.example")
        .var("BIND", "127.0.0.1:0");
    let serving = program.serve();
    assert!(!serving.greeting.contains("demo"), "{}", serving.greeting);
    assert!(serving.greeting.contains("create-super-admin"), "{}", serving.greeting);
    program.run(&["demo"]).fails(1, &["production"]);
}

#[test]
fn production_refuses_a_database_with_demo_accounts() {
    let program = Program::new().var("BIND", "127.0.0.1:0");
    program.run(&["demo"]).succeeds();
    let program = program
        .var("ENVIRONMENT", "production")
        .var("SECRET_KEY", "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3")
        .var("PUBLIC_URL", "https://clinic.example");
    let message = program.run(&["serve"]).fails(1, &["demo accounts", "production"]);
    assert!(!message.contains("demo-pass-2026"), "{message}");
}

#[test]
fn redis_that_is_away_is_only_a_warning() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("REDIS_URL", "redis://:hush-hush@127.0.0.1:1");
    let serving = program.serve();
    assert!(get(&serving.url(), "/health/ready").contains(" 200 "));
    assert_eq!(serving.stop(), Some(0));
}

/// A connection that stays open for more than one request.
struct Connection {
    stream: TcpStream,
    /// Where it leads.
    host: String,
}

impl Connection {
    /// `None`: nobody listens there.
    fn open(url: &str) -> Option<Self> {
        let host = address(url).to_owned();
        TcpStream::connect(&host).ok().map(|stream| Self { stream, host })
    }

    fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    /// What is sent back up to the end of its headers, in small letters.
    fn head(&mut self) -> String {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && self.stream.read(&mut byte).unwrap() > 0 {
            head.extend(byte);
        }
        String::from_utf8(head).unwrap().to_lowercase()
    }

    /// What `/metrics` says of this.
    fn figure(&mut self, name: &str) -> f64 {
        self.send(&format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", self.host));
        let head = self.head();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.stream.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let value = body.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap();
        value.parse().unwrap()
    }

    /// The headers of `path`.
    fn ask(&mut self, path: &str) -> String {
        self.send(&format!("HEAD {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.host));
        self.head()
    }
}

/// Sends the beginning of a sign-in of `length` bytes.
fn begin_form(url: &str, beginning: &str, length: usize) -> Connection {
    let kind = "Content-Type: application/x-www-form-urlencoded";
    let mut connection = Connection::open(url).unwrap();
    let host = address(url);
    connection.send(&format!(
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\n{kind}\r\nContent-Length: {length}\r\n\r\n{beginning}"
    ));
    connection
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..600 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never comes to this: {what}");
}

/// Nobody is refused while a load balancer has not noticed yet, and what was begun is finished.
#[test]
fn who_is_asked_to_end_is_not_ready_first_then_takes_nobody_any_more_and_finishes_what_is_under_way() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("SHUTDOWN_DELAY", "300");
    let serving = program.serve();
    let url = serving.url();
    assert!(get(&url, "/health/ready").contains(" 200 "));
    let mut kept = Connection::open(&url).unwrap();
    for path in ["/", "/sign-in", "/"] {
        assert!(!kept.ask(path).contains("connection: close"), "{path}");
    }
    // A form of which the server has the beginning.
    let (form, rest) = ("email=somebody%40clinic.example", "&password=anything+but+right");
    let mut slow = begin_form(&url, form, form.len() + rest.len());

    serving.terminate();
    until("it is not ready", || get(&url, "/health/ready").contains(" 503 "));
    assert!(get(&url, "/health/live").contains(" 200 "));
    for path in ["/", "/sign-in"] {
        let head = Connection::open(&url).expect("new connections are still taken").ask(path);
        assert!(head.contains(" 200 ok") && head.contains("connection: close"), "{path}: {head}");
    }
    let head = kept.ask("/");
    assert!(head.contains(" 200 ok") && head.contains("connection: close"), "{head}");

    // The second signal ends the pause.
    serving.terminate();
    until("nobody listens", || Connection::open(&url).is_none());
    slow.send(rest);
    let answer = slow.head();
    assert!(answer.contains(" 422 "), "{answer}");
    assert_eq!(serving.ended(), Some(0));
}

/// The third one is for whoever will not wait.
#[test]
fn who_is_asked_again_and_again_ends_at_once() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("SHUTDOWN_DELAY", "300");
    let serving = program.serve();
    let url = serving.url();
    assert!(get(&url, "/health/ready").contains(" 200 "));
    let _slow = begin_form(&url, "email=", 10);
    let mut other = Connection::open(&url).unwrap();
    assert!(other.ask("/").contains(" 200 ok"));
    serving.terminate();
    until("it is not ready", || get(&url, "/health/ready").contains(" 503 "));
    serving.terminate();
    until("nobody listens", || Connection::open(&url).is_none());
    assert_eq!(serving.stop(), Some(1), "it broke something off");
}

/// A limit that is lower than it need be is raised, and connections that do nothing keep nobody out.
#[test]
fn idle_connections_leave_descriptors_for_those_who_come() {
    let program = Program::new().var("BIND", "127.0.0.1:0").var("WORKERS", "1").var("DB_MAX_CONNECTIONS", "5");
    let serving = program.serve_after("ulimit -Sn 64 && ulimit -Hn 160");
    let url = serving.url();
    let mut asking = Connection::open(&url).unwrap();
    assert_eq!(asking.figure("process_max_fds"), 160.0);
    let _idle: Vec<Connection> = (0..200).filter_map(|_| Connection::open(&url)).collect();
    // As many as it takes at a time.
    let asking = std::cell::RefCell::new(asking);
    until("they are taken", || asking.borrow_mut().figure("process_open_fds") >= 90.0);
    for _ in 0..5 {
        assert!(asking.borrow_mut().ask("/health/ready").contains(" 200 ok"));
        let open = asking.borrow_mut().figure("process_open_fds");
        assert!(open < 145.0, "{open} are open");
    }
}

#[test]
fn a_port_in_use_is_said_so() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    Program::new().var("BIND", &address).run(&["serve"]).fails(1, &[&address, "BIND", "in use"]);
}

#[test]
fn a_database_that_is_away_is_named_without_its_password() {
    let program = Program::new()
        .var("DATABASE_URL", "postgres://clinic:hush-hush@127.0.0.1:1/clinic")
        .var("DB_CONNECT_TIMEOUT", "2");
    let message = program.run(&[]).fails(1, &["127.0.0.1:1", "DATABASE_URL"]);
    assert!(!message.contains("hush"), "{message}");
}

#[test]
fn pending_migrations_are_refused_with_the_command_to_run() {
    let Some(url) = service("TEST_DATABASE_URL") else {
        return;
    };
    let database = crate::postgres::Fresh::new(&url);
    let program = Program::new().var("DATABASE_URL", database.url()).var("BIND", "127.0.0.1:0");
    program.run(&["serve"]).fails(1, &["not applied", "migration up"]);
    let outcome = program.run(&["check"]);
    assert!(outcome.out.contains("migrations  FAILED") && outcome.out.contains("migration up"), "{outcome:?}");
}
