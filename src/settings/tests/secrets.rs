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
        "redis://usr-hush@h/x",
    ] {
        for name in ["DATABASE_URL", "DATABASE_REPLICA_URLS", "REDIS_URL", "PUBLIC_URL"] {
            let message = Settings::from_vars(&vars(&[(name, bad)])).unwrap_err().to_string();
            assert!(message.contains(name) && !message.contains("hush"), "{message}");
        }
    }
    let message = production(&[("SECRET_KEY", "short-hush")]).unwrap_err().to_string();
    assert!(!message.contains("hush"), "{message}");
}
