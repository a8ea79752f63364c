//! Settings and the command line itself.

use crate::program::Program;

const KEY: &str = "9f1c4a7be03d5286c1d94e70ab35f86217ecd0984b3a6f25e1807d9cb4526fa3";

#[test]
fn it_says_its_version_and_explains_itself() {
    let version = Program::new().run(&["--version"]).succeeds();
    assert_eq!(version.trim(), concat!("telemedicine ", env!("CARGO_PKG_VERSION")));
    let help = Program::new().run(&["--help"]).succeeds();
    for word in ["serve", "check", "demo", "create-super-admin", "cache", "routes", ".env.example", "Exit codes"] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
    let help = Program::new().run(&["cache", "set", "--help"]).succeeds();
    assert!(help.contains("--ttl"), "{help}");
    Program::new().run(&["dance"]).fails(2, &["dance"]);
}

#[test]
fn bad_settings_are_all_named_before_anything_is_opened() {
    for command in ["serve", "check", "routes"] {
        let program = Program::new()
            .var("PAGE_SIZE", "0")
            .var("BIND", "somewhere")
            .var("SECRET_KEY", "short-and-secret")
            .var("ENVIRONMENT", "production");
        let message = program
            .run(&[command])
            .fails(2, &["4 settings cannot be used", "PAGE_SIZE", "BIND", "SECRET_KEY", "PUBLIC_URL"]);
        assert!(!message.contains("short-and-secret"), "{message}");
        assert_eq!(program.folder().read_dir().unwrap().count(), 0, "something was made");
    }
}

#[test]
fn a_file_gives_what_the_environment_leaves_open() {
    let program = Program::new().var("PAGE_SIZE", "20");
    std::fs::write(program.folder().join(".env"), "PAGE_SIZE=0\nSLOW_QUERY_MS=0\nSOMETHING_ELSE=1\n").unwrap();
    let message = program.run(&["routes"]).fails(2, &["1 setting cannot be used", "SLOW_QUERY_MS"]);
    assert!(!message.contains("PAGE_SIZE"), "{message}");

    std::fs::write(program.folder().join(".env"), "METRICS_TOKEN=hush hush\n").unwrap();
    let message = program.run(&["routes"]).fails(2, &[".env"]);
    assert!(!message.contains("hush"), "{message}");
}

#[test]
fn a_secret_in_a_file_counts_and_does_not_show() {
    let program = Program::new().var("METRICS_TOKEN_FILE", "token").var("SECRET_KEY_FILE", "key");
    std::fs::write(program.folder().join("key"), format!("{KEY}\n")).unwrap();
    let message = program.run(&["routes"]).fails(2, &["1 setting cannot be used", "METRICS_TOKEN_FILE names token"]);
    assert!(!message.contains(KEY), "{message}");
    std::fs::write(program.folder().join("token"), "hush hush").unwrap();
    let message = program.run(&["routes"]).fails(2, &["METRICS_TOKEN must be visible"]);
    assert!(!message.contains("hush"), "{message}");
    std::fs::write(program.folder().join("token"), "hush\n").unwrap();
    program.run(&["routes"]).succeeds();
    assert!(!program.folder().join("data").exists(), "the key of the file is the key");
}

#[test]
fn the_example_file_can_be_used_as_it_is() {
    let program = Program::new();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example"), program.folder().join(".env")).unwrap();
    program.run(&["routes"]).succeeds();
}

#[test]
fn a_development_key_is_made_once() {
    let program = Program::new();
    program.run(&["routes"]).succeeds();
    let file = program.folder().join("data/secret.key");
    let key = std::fs::read_to_string(&file).unwrap();
    assert!(key.len() >= 64);
    program.run(&["routes"]).succeeds();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), key);

    let given = Program::new().var("SECRET_KEY", KEY);
    given.run(&["routes"]).succeeds();
    assert!(!given.folder().join("data").exists());
}

#[test]
fn every_route_is_listed_with_who_may_use_it() {
    let routes = Program::new().run(&["routes"]).succeeds();
    let line = |path: &str, method: &str| {
        let found =
            routes.lines().find(|line| line.starts_with(method) && line.split_whitespace().nth(1) == Some(path));
        found.unwrap_or_else(|| panic!("{method} {path} is not in {routes}")).to_owned()
    };
    assert!(line("/health/live", "GET").ends_with("everybody"));
}
