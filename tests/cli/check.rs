//! `telemedicine check`.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, UdpSocket},
    thread,
};

use crate::program::{Program, service};
use crate::redis_server::RedisServer;
use crate::relay::relay;

/// Nothing listens on port 1.
const NOWHERE: &str = "postgres://clinic:hush-hush@127.0.0.1:1/clinic";

fn line<'a>(out: &'a str, what: &str) -> &'a str {
    out.lines().find(|line| line.starts_with(what)).unwrap_or_else(|| panic!("no line {what} in {out}"))
}

#[test]
fn a_fresh_folder_is_fit_and_stays_as_it_is() {
    let program = Program::new().var("SECRET_KEY", "given, so that no file is made");
    let out = program.run(&["check"]).succeeds();
    for what in ["settings", "database", "migrations", "redis"] {
        assert!(line(&out, what).contains("  ok  "), "{out}");
    }
    assert!(line(&out, "redis").contains("REDIS_URL"), "{out}");
    assert!(!out.contains("mail"), "without a mail server there is nothing to say of it: {out}");
    assert_eq!(program.folder().read_dir().unwrap().count(), 0, "something was made");
}

/// A TZif file of version 2 without a change in the past, whose footer says what holds for ever.
fn zone_file(footer: &str) -> Vec<u8> {
    let mut block = b"TZif2".to_vec();
    block.extend([0; 15]);
    block.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 4]);
    block.extend([0, 0, 0, 0, 0, 0, b'X', b'X', b'X', 0]);
    [block.clone(), block, format!("\n{footer}\n").into_bytes()].concat()
}

#[test]
fn the_tables_of_time_zones_are_named_and_old_ones_are_a_warning() {
    let program = Program::new().var("SECRET_KEY", "given, so that no file is made");
    let folder = program.folder().join("zoneinfo");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("UTC"), zone_file("UTC0")).unwrap();
    let program = program.var("TZDIR", folder.display().to_string());
    for (said, expected) in [("2020a", "WARNING 2020a of "), ("9999z", "ok      9999z of ")] {
        std::fs::write(folder.join("tzdata.zi"), format!("# version {said}\n# and more\n")).unwrap();
        let out = program.run(&["check"]).succeeds();
        assert!(line(&out, "time zones").contains(expected), "{out}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let out = program.run(&["check"]).succeeds();
    assert!(line(&out, "time zones").contains("compiled in"), "{out}");
}

/// Lines of a list of passwords from breaches, from one digest to another.
fn breaches(from: char, to: char) -> String {
    let digits = "0123456789ABCDEF".chars().filter(|digit| (from..=to).contains(digit));
    digits.map(|digit| format!("{}:{}\r\n", digit.to_string().repeat(40), 12)).collect()
}

#[test]
fn a_list_of_breached_passwords_that_is_not_whole_is_told_and_nothing_starts_with_it() {
    let program = Program::new().var("SECRET_KEY", "given, so that no file is made");
    let list = program.folder().join("pwned-passwords.txt");
    let program = program.var("BREACHED_PASSWORDS", list.display().to_string());
    std::fs::write(&list, breaches('0', 'F')).unwrap();
    let out = program.run(&["check"]).succeeds();
    assert!(line(&out, "passwords").contains("  ok  ") && out.contains("pwned-passwords.txt"), "{out}");
    let backwards: String = breaches('0', 'F').lines().rev().map(|line| format!("{line}\n")).collect();
    for damaged in [breaches('0', '9'), breaches('3', 'F'), backwards, String::new(), "7z\u{bc}\u{af}\u{27}".to_owned()]
    {
        std::fs::write(&list, damaged).unwrap();
        let outcome = program.run(&["check"]);
        let said = line(&outcome.out, "passwords");
        assert!(said.contains("FAILED") && said.contains("BREACHED_PASSWORDS"), "{outcome:?}");
        outcome.fails(1, &["FAILED"]);
        program.run(&["serve"]).fails(1, &["BREACHED_PASSWORDS", "pwned-passwords.txt"]);
    }
    std::fs::remove_file(&list).unwrap();
    program.run(&["serve"]).fails(1, &["BREACHED_PASSWORDS", "pwned-passwords.txt"]);
    // A folder whose download was broken off, and one of which ranges were lost later.
    std::fs::create_dir(&list).unwrap();
    program.run(&["serve"]).fails(1, &["BREACHED_PASSWORDS", "range file"]);
    for prefix in (0..0x10_0000).step_by(0x1_0000).chain([0xF_FFFF]) {
        std::fs::write(list.join(format!("{prefix:05X}")), format!("{}:3\n", "A".repeat(35))).unwrap();
    }
    let outcome = program.run(&["check"]);
    assert!(line(&outcome.out, "passwords").contains("1048559 range files are missing"), "{outcome:?}");
    std::fs::remove_file(list.join("FFFFF")).unwrap();
    program.run(&["serve"]).fails(1, &["BREACHED_PASSWORDS", "FFFFF"]);
}

#[test]
fn what_is_away_is_named_without_its_password() {
    let program = Program::new()
        .var("DATABASE_URL", NOWHERE)
        .var("DB_CONNECT_TIMEOUT", "2")
        .var("REDIS_URL", "redis://:hush-hush@127.0.0.1:1")
        .var("REDIS_TIMEOUT", "1")
        .var("SMTP_URL", "smtp://clinic:hush-hush@127.0.0.1:1")
        .var("CLAMAV_ADDRESS", "127.0.0.1:1");
    let outcome = program.run(&["check"]);
    assert!(line(&outcome.out, "settings").contains("  ok  "), "{outcome:?}");
    for (what, variable) in [("database", "DATABASE_URL"), ("redis", "REDIS_URL"), ("mail", "SMTP_URL")] {
        let line = line(&outcome.out, what);
        assert!(line.contains("FAILED") && line.contains("127.0.0.1:1") && line.contains(variable), "{line}");
    }
    assert!(line(&outcome.out, "migrations").contains("FAILED"), "{outcome:?}");
    // Everything but opening what is attached goes on without it.
    let scanner = line(&outcome.out, "scanner");
    assert!(scanner.contains("WARNING 127.0.0.1:1 (CLAMAV_ADDRESS)"), "{scanner}");
    assert!(!outcome.out.contains("hush") && !outcome.err.contains("hush"), "{outcome:?}");
    outcome.fails(1, &["FAILED"]);
}

#[test]
fn a_virus_scanner_is_greeted() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let scanner = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut command = [0; 6];
        stream.read_exact(&mut command).unwrap();
        stream.write_all(b"PONG\0").unwrap();
        command
    });
    let out = Program::new().var("CLAMAV_ADDRESS", address.as_str()).run(&["check"]).succeeds();
    assert!(line(&out, "scanner").contains(&format!("ok      {address}")), "{out}");
    assert_eq!(&scanner.join().unwrap(), b"zPING\0");
}

#[test]
fn a_relay_that_answers_is_fit_and_one_that_does_not_is_named() {
    // Somebody is there, and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let (there, away) = (format!("turn:{}", relay()), format!("turn:{}", silent.local_addr().unwrap()));
    let check = |urls: &str| {
        let program = Program::new().var("TURN_URLS", urls).var("TURN_SECRET", "north-of-the-lake");
        program.run(&["check"])
    };
    let out = check(&there).succeeds();
    assert!(line(&out, "relay").contains(&format!("  ok      {there}, ")), "{out}");
    let outcome = check(&format!("{there},{away}"));
    let lines: Vec<&str> = outcome.out.lines().filter(|line| line.starts_with("relay")).collect();
    let says = [format!("  ok      {there}, "), format!("  FAILED  {away} (TURN_URLS): no answer within 2 s")];
    assert!(lines.len() == 2 && lines[0].contains(&says[0]) && lines[1].contains(&says[1]), "{lines:?}");
    assert!(!outcome.out.contains("north-of") && !outcome.err.contains("north-of"), "{outcome:?}");
    outcome.fails(1, &["FAILED"]);
}

#[test]
fn settings_alone_are_checked_without_opening_anything() {
    let program = Program::new().var("DATABASE_URL", NOWHERE).var("SECRET_KEY", "given, so that no file is made");
    let out = program.run(&["check", "--settings"]).succeeds();
    assert!(line(&out, "settings").contains("  ok  ") && !out.contains("database"), "{out}");
    program.var("REDIS_URL", "redis://default:@redis:6379").run(&["check", "--settings"]).fails(2, &["REDIS_URL"]);
}

#[test]
fn redis_is_asked_to_keep_a_value() {
    let Some(url) = service("TEST_REDIS_URL") else {
        return;
    };
    let out = Program::new().var("REDIS_URL", url).run(&["check"]).succeeds();
    assert!(line(&out, "redis").contains("set and got back"), "{out}");
}

#[test]
fn pending_migrations_are_a_failure_that_names_the_command() {
    let Some(server) = service("TEST_DATABASE_URL") else {
        return;
    };
    let database = crate::postgres::Fresh::new(&server);
    let outcome = Program::new().var("DATABASE_URL", database.url()).run(&["check"]);
    assert!(line(&outcome.out, "database").contains("  ok  "), "{outcome:?}");
    let migrations = line(&outcome.out, "migrations");
    assert!(migrations.contains("FAILED") && migrations.contains("migration up"), "{outcome:?}");
    outcome.fails(1, &["FAILED"]);
}

/// What the server needs of an ACL, as `docs/operations.md` has it.
const ENOUGH: &str = "on >hush-hush ~telemedicine:* &telemedicine:* +@all -@dangerous +info";

#[test]
fn a_permission_that_the_user_of_redis_lacks_is_named() {
    let Some(redis) = RedisServer::start() else { return };
    let check = |rules: &str| {
        assert_eq!(redis.command(&format!("ACL SETUSER clinic reset {rules}")), "+OK", "{rules}");
        let url = redis.url().replace("redis://", "redis://clinic:hush-hush@");
        Program::new().var("REDIS_URL", url).run(&["check"])
    };
    assert!(line(&check(ENOUGH).succeeds(), "redis").contains("told of changes"));
    let lacking = [
        ("-info", "INFO", "+info"),
        ("resetchannels", "SUBSCRIBE to telemedicine:0:topics", "&telemedicine:*"),
        ("resetchannels &telemedicine:0:topics", "SUBSCRIBE to telemedicine:0:heard:", "&telemedicine:*"),
        ("-subscribe", "SUBSCRIBE to telemedicine:0:topics", "+subscribe"),
        ("-publish", "PUBLISH to telemedicine:0:topics", "+publish"),
        ("-hdel", "may not run its scripts", "+@all"),
    ];
    for (without, what, rule) in lacking {
        let outcome = check(&format!("{ENOUGH} {without}"));
        let said = line(&outcome.out, "redis");
        assert!(said.contains("FAILED") && said.contains(what) && said.contains(rule), "{without}: {said}");
        assert!(!outcome.out.contains("hush") && !outcome.err.contains("hush"), "{outcome:?}");
        outcome.fails(1, &["FAILED"]);
    }
}

/// All instances together must not want more connections than there are.
#[test]
fn the_connections_of_all_instances_are_compared_with_the_limit() {
    let Some(url) = service("TEST_DATABASE_URL") else {
        return;
    };
    let database = crate::postgres::Fresh::new(&url);
    database.migrate();
    let check = |most: &str| {
        let program = Program::new().var("DATABASE_URL", database.url()).var("DB_MAX_CONNECTIONS", most);
        line(&program.run(&["check"]).succeeds(), "pool").to_owned()
    };
    let few = check("3");
    assert!(few.contains("  ok  ") && few.contains("1 × 3 ") && few.contains("= 3 connections of "), "{few}");
    let many = check("1000");
    assert!(many.contains("WARNING") && many.contains("= 1000 connections of "), "{many}");
}
