//! `telemedicine cache`.

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
