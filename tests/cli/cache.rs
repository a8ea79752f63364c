//! `telemedicine cache`.

use std::{thread, time::Duration};

use deadpool_redis::redis::{Client, cmd};

use crate::program::{Program, service};

/// A prefix that no other test uses.
fn on_redis(url: &str) -> (Program, String) {
    let program = Program::new();
    let folder = program.folder().file_name().unwrap().to_string_lossy().into_owned();
    let prefix = format!("cli-{}", folder.trim_start_matches('.'));
    (program.var("REDIS_URL", url).var("CACHE_KEY_PREFIX", &prefix), prefix)
}

#[test]
fn without_redis_it_says_where_the_cache_is_and_what_to_set() {
    for arguments in [&["cache", "stats"][..], &["cache", "clear"], &["cache", "get", "a"], &["cache", "set", "a", "b"]]
    {
        Program::new().run(arguments).fails(1, &["server's own process", "REDIS_URL"]);
    }
}

#[test]
fn redis_that_is_away_is_named_without_its_password() {
    let program = Program::new().var("REDIS_URL", "redis://:hush-hush@127.0.0.1:1").var("REDIS_TIMEOUT", "1");
    let message = program.run(&["cache", "get", "a"]).fails(1, &["127.0.0.1:1", "REDIS_URL"]);
    assert!(!message.contains("hush"), "{message}");
}

#[test]
fn a_value_is_set_read_expires_and_is_cleared() {
    let Some(url) = service("TEST_REDIS_URL") else {
        return;
    };
    let (program, _) = on_redis(&url);
    program.run(&["cache", "get", "greeting"]).fails(1, &["nothing", "greeting"]);
    program.run(&["cache", "set", "greeting", "good\nmorning"]).succeeds();
    assert_eq!(program.run(&["cache", "get", "greeting"]).succeeds(), "good\nmorning\n");
    program.run(&["cache", "set", "brief", "x", "--ttl", "1"]).succeeds();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    program.run(&["cache", "get", "brief"]).fails(1, &["nothing"]);
    program.run(&["cache", "set", "brief", "x", "--ttl", "0"]).fails(2, &["--ttl"]);

    let stats = program.run(&["cache", "stats"]).succeeds();
    for part in ["memory", "hits", "1 kv"] {
        assert!(stats.contains(part), "{part} in {stats}");
    }
    assert_eq!(program.run(&["cache", "clear"]).succeeds(), "1 keys removed\n");
    program.run(&["cache", "get", "greeting"]).fails(1, &["nothing"]);
}

#[test]
fn clearing_the_cache_signs_nobody_out() {
    let Some(url) = service("TEST_REDIS_URL") else {
        return;
    };
    let (program, prefix) = on_redis(&url);
    let client = deadpool_redis::redis::Client::open(url).unwrap();
    let mut connection = client.get_connection().unwrap();
    let mut redis = |words: &[&str]| -> i64 {
        let mut command = deadpool_redis::redis::cmd(words[0]);
        command.arg(&words[1..]).query::<deadpool_redis::redis::Value>(&mut connection).map_or(
            -1,
            |value| match value {
                deadpool_redis::redis::Value::Int(number) => number,
                _ => 0,
            },
        )
    };
    let (session, neighbour) = (format!("{prefix}:session:x"), format!("{prefix}x:kv:a"));
    redis(&["SET", &session, "someone", "EX", "60"]);
    redis(&["SET", &neighbour, "another site", "EX", "60"]);
    program.run(&["cache", "set", "a", "b"]).succeeds();
    assert_eq!(program.run(&["cache", "clear"]).succeeds(), "1 keys removed\n");
    assert_eq!(redis(&["EXISTS", &session, &neighbour]), 2);
    redis(&["DEL", &session, &neighbour]);
}

/// Each server tells Redis that it is there, and until when it may answer from its own memory, which it does only while its listener hears itself.
#[test]
fn stats_tell_of_each_server_whether_it_is_there_and_from_where_it_answers() {
    let Some(url) = service("TEST_REDIS_URL") else {
        return;
    };
    let (program, prefix) = on_redis(&url);
    let mut connection = Client::open(url).unwrap().get_connection().unwrap();
    let (processes, leases, sequence) =
        (format!("{prefix}:processes"), format!("{prefix}:leases"), format!("{prefix}:sequence"));
    let (long, over) = ("99999999999999", "1");
    for words in [
        &["HSET", &processes, "#", "a mark", "aa-hears", long, "bb-asks", long, "cc-died", over][..],
        &["HSET", &leases, "#", "a mark", "aa-hears", long, "bb-asks", over],
        &["SET", &sequence, "42"],
    ] {
        cmd(words[0]).arg(&words[1..]).exec(&mut connection).unwrap();
    }
    let stats = program.run(&["cache", "stats"]).succeeds();
    let from = stats.find("changes").unwrap_or_else(|| panic!("no line of changes in {stats}"));
    let lines: Vec<&str> = stats[from..].lines().collect();
    assert_eq!(lines.len(), 5, "{stats}");
    assert_eq!((lines[0], lines[1]), ("changes  up to number 42", "servers  3:"));
    let left = lines[2].strip_prefix("         aa-hears there, answers from memory for ");
    let left = left.and_then(|rest| rest.strip_suffix(" ms")).and_then(|left| left.parse::<i64>().ok());
    assert!(left.is_some_and(|left| left > 0), "{stats}");
    assert_eq!((lines[3], lines[4]), ("         bb-asks there, asks Redis for each page", "         cc-died missing"));
    cmd("DEL").arg(&[&processes, &leases, &sequence]).exec(&mut connection).unwrap();
}

#[test]
fn stats_name_a_server_that_runs_once_it_answers_from_memory() {
    let Some(url) = service("TEST_REDIS_URL") else {
        return;
    };
    let (program, _) = on_redis(&url);
    let program = program.var("BIND", "127.0.0.1:0");
    let serving = program.serve();
    let is_told = |stats: &str| stats.contains("servers  1:\n") && stats.contains(" there, answers from memory for ");
    let mut stats = String::new();
    for _ in 0..100 {
        stats = program.run(&["cache", "stats"]).succeeds();
        if is_told(&stats) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert!(is_told(&stats), "{stats}");
    assert_eq!(serving.stop(), Some(0));
    let stats = program.run(&["cache", "stats"]).succeeds();
    assert!(stats.contains("servers  0:"), "whoever stops in order is missed by nobody: {stats}");
}
