//! `telemedicine serve`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use crate::program::{Program, service};

/// The status line of a GET.
fn get(url: &str, path: &str) -> String {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
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
