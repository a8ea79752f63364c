//! Secrets: their strength, and that they never show.

use super::*;

#[test]
fn a_key_that_can_be_guessed_is_refused() {
    let alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/";
    let word = format!("django-insecure-{KEY}");
    for weak in ["a".repeat(64), "0123456789".repeat(7), "correcthorse".repeat(6), alphabet.to_owned(), word] {
        assert_eq!(names(production(&[("SECRET_KEY", &weak)])), ["SECRET_KEY"], "{weak}");
    }
    for _ in 0..2000 {
        let key: String = rand::random::<[u8; 32]>().iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!secret_key::is_weak(&key), "{key}");
    }
}

#[test]
fn keys_differ_by_purpose_and_secret_and_nothing_else() {
    let key = |secret: &str, purpose: &str| read(&[("SECRET_KEY", secret)]).secret_key.derive(purpose);
    assert_eq!(key("one", "cookie"), key("one", "cookie"));
    assert_ne!(key("one", "cookie"), key("one", "pages"));
    assert_ne!(key("one", "cookie"), key("two", "cookie"));
    assert_ne!(
        read(&[]).secret_key.derive("cookie"),
        read(&[]).secret_key.derive("cookie"),
        "generated keys are random"
    );
}

#[test]
fn a_generated_key_is_kept_for_its_owner_alone() {
    use secrecy::{ExposeSecret as _, SecretString};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data/secret.key");
    let (one, two) = (SecretString::from(KEY), SecretString::from("another"));
    assert_eq!(secret_key::load_or_create(&file, &one).unwrap().expose_secret(), KEY);
    assert_eq!(secret_key::load_or_create(&file, &two).unwrap().expose_secret(), KEY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().mode() & 0o777;
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().unwrap()), 0o700);
    }
    std::fs::write(&file, "cut").unwrap();
    assert!(secret_key::load_or_create(&file, &two).is_err());
}

#[test]
fn secrets_do_not_show_in_debug() {
    let secrets = [
        ("SECRET_KEY", KEY),
        ("METRICS_TOKEN", "tok-hush"),
        ("TURN_SECRET", "a-relay-says-hush"),
        ("REDIS_URL", "redis://usr-hush:pwd-hush@cache.example:6380"),
        ("DATABASE_URL", "postgres://usr-hush:pwd-hush@db.example/clinic"),
        ("DATABASE_REPLICA_URLS", "postgres://usr-hush:pwd-hush@db2.example/clinic"),
    ];
    let debug = format!("{:#?}", read(&secrets));
    assert!(!debug.contains("hush") && !debug.contains(KEY), "{debug}");
    assert!(debug.contains("db.example:5432/clinic") && debug.contains("cache.example"), "{debug}");
}

#[test]
fn messages_do_not_repeat_secrets() {
    for bad in [
        "pwd-hush",
        "http://usr-hush:pwd-hush@h",
        "postgres://usr-hush:pwd-hush@h:port/d",
        "postgres://usr-hush:pwd-hush@h",
        "postgres://u:p@s-hush/w:r-hush%41#x@database:5432/telemedicine",
        "postgres://u:p@h/w-hush@database/telemedicine",
        "postgres://u:p@h/w-hush#x@database/telemedicine",
        "postgres://u:p@h/w-hush/x",
        "redis://usr-hush@h/x",
        "redis://usr-hush:6379#x@cache",
    ] {
        for name in ["DATABASE_URL", "DATABASE_REPLICA_URLS", "REDIS_URL", "PUBLIC_URL", "SMTP_URL"] {
            let message = Settings::from_vars(&vars(&[(name, bad)])).unwrap_err().to_string();
            assert!(message.contains(name) && !message.contains("hush"), "{message}");
        }
    }
    let message = production(&[("SECRET_KEY", "short-hush")]).unwrap_err().to_string();
    assert!(!message.contains("hush"), "{message}");
}

/// A file with this text, in a folder that is removed with it.
fn secret_file(text: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (folder, path)
}

#[test]
fn a_secret_may_stand_in_a_file_of_its_own() {
    for variable in VARIABLES {
        let Some(name) = variable.file else { continue };
        assert_eq!(name, format!("{}_FILE", variable.name));
        let (_folder, path) = secret_file(" in-a-file \n");
        let read = secret_files::read(vars(&[(name, &path), (variable.name, "")])).unwrap();
        assert_eq!(read.get(variable.name).map(String::as_str), Some("in-a-file"));
    }
}

#[test]
fn every_secret_may_stand_in_a_file() {
    for variable in VARIABLES {
        let secret = ["_KEY", "_TOKEN", "_PASSWORD", "_SECRET"].iter().any(|end| variable.name.ends_with(end))
            || variable.meaning.contains("password@");
        assert!(!secret || variable.file.is_some(), "{} is a secret without a {0}_FILE", variable.name);
    }
}

#[test]
fn a_file_that_holds_no_secret_is_refused() {
    let (_folder, good) = secret_file("hush");
    let (_other, empty) = secret_file(" \n");
    let (_third, long) = secret_file(&"x".repeat(65_537));
    let given = [
        ("SECRET_KEY_FILE", "/no/such/file"),
        ("DATABASE_URL_FILE", empty.as_str()),
        ("SMTP_URL_FILE", long.as_str()),
        ("REDIS_URL_FILE", good.as_str()),
        ("REDIS_URL", "redis://hush@h"),
        ("METRICS_TOKEN_FILE", good.as_str()),
    ];
    let problems = secret_files::read(vars(&given)).unwrap_err();
    let mut named: Vec<_> = problems.iter().map(|problem| problem.variable).collect();
    named.sort_unstable();
    assert_eq!(named, ["DATABASE_URL_FILE", "REDIS_URL_FILE", "SECRET_KEY_FILE", "SMTP_URL_FILE"]);
    assert!(!problems.to_string().contains("hush"), "{problems}");
}

#[test]
fn the_environment_hides_a_secret_of_the_file_in_either_form() {
    let written = vars(&[("REDIS_URL", "redis://h"), ("SECRET_KEY_FILE", "/key"), ("SMTP_URL", "smtp://h")]);
    let environment = vars(&[("REDIS_URL_FILE", "/redis"), ("SECRET_KEY", "")]);
    let expected = vars(&[("REDIS_URL_FILE", "/redis"), ("SECRET_KEY", ""), ("SMTP_URL", "smtp://h")]);
    assert_eq!(sources::merged(written, environment), expected);
}
