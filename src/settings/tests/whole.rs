//! The settings as a whole: defaults, all problems at once, production, and `.env.example`.

use super::*;

#[test]
fn nothing_set_is_a_working_embedded_clinic() {
    let settings = read(&[]);
    assert_eq!(settings.environment, Environment::Development);
    assert_eq!(settings.server.bind.to_string(), "127.0.0.1:8000");
    assert_eq!(settings.server.origin(), "http://127.0.0.1:8000");
    assert!(settings.server.workers >= 1);
    assert!(settings.database.is_embedded());
    assert_eq!(settings.database.url.expose(), "sqlite://data/telemedicine.db?mode=rwc");
    assert_eq!(settings.database.max_connections, 20);
    assert!(settings.redis.is_none());
    assert_eq!(settings.cache.memory_bytes, 64 * 1024 * 1024);
    assert_eq!(settings.session.idle.as_secs(), 30 * 60);
    assert_eq!(settings.session.max.as_secs(), 12 * 3600);
    assert_eq!(settings.security.hsts.header_value(), "max-age=31536000; includeSubDomains; preload");
    assert_eq!(settings.pages.static_url.base(), "/static");
    assert_eq!(settings.pages.page_size, 20);
    assert_eq!(settings.diagnostics.slow_query.as_millis(), 200);
    assert!(!settings.diagnostics.debug_toolbar);
}

/// A wrong value of each variable; SECRET_KEY alone has none in development.
const WRONG: &[(&str, &str)] = &[
    ("ENVIRONMENT", "staging"),
    ("BIND", "here"),
    ("WORKERS", "0"),
    ("SHUTDOWN_DELAY", "301"),
    ("PUBLIC_URL", "clinic"),
    ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
    ("DATABASE_URL", "mysql://h/d"),
    ("DATABASE_REPLICA_URLS", "sqlite:x.db"),
    ("DB_MAX_CONNECTIONS", "0"),
    ("DB_CONNECT_TIMEOUT", "10s"),
    ("DB_ACQUIRE_TIMEOUT", "-1"),
    ("DB_CONN_MAX_AGE", "0"),
    ("DB_IDLE_TIMEOUT", "x"),
    ("DB_STATEMENT_TIMEOUT", "301"),
    ("REDIS_URL", "http://h"),
    ("REDIS_MAX_CONNECTIONS", "0"),
    ("REDIS_CONNECT_TIMEOUT", "0"),
    ("REDIS_TIMEOUT", "0"),
    ("REDIS_PATIENCE_MS", "0"),
    ("CACHE_KEY_PREFIX", "a:*"),
    ("CACHE_PAGE_SECONDS", "86401"),
    ("CACHE_LEASE_MS", "10001"),
    ("CACHE_TIMEOUT", "0"),
    ("CACHE_MEMORY_MB", "0"),
    ("CACHE_VERIFY", "maybe"),
    ("SESSION_IDLE_MINUTES", "0"),
    ("SESSION_MAX_HOURS", "169"),
    ("RETAIN_SESSIONS_DAYS", "0"),
    ("RETAIN_LINKS_DAYS", "soon"),
    ("RETAIN_MAIL_DAYS", "-1"),
    ("RETAIN_NOTE_VERSIONS_DAYS", "0"),
    ("RETAIN_NOTIFICATIONS_DAYS", "36501"),
    ("HSTS_SECONDS", "-1"),
    ("HSTS_INCLUDE_SUBDOMAINS", "on"),
    ("HSTS_PRELOAD", "2"),
    ("BREACHED_PASSWORDS", "pwned.txt"),
    ("SMTP_URL", "http://mail.example"),
    ("MAIL_FROM", "nobody"),
    ("STATIC_URL", "static"),
    ("TZDIR", "zoneinfo"),
    ("LIVE_MAX_STREAMS", "1000001"),
    ("TURN_URLS", "turn.clinic.example"),
    ("TURN_SECRET", "short"),
    ("TURN_TTL", "59"),
    ("CALL_RELAY_ONLY", "maybe"),
    ("PAGE_SIZE", "201"),
    ("OPEN_REQUESTS_PER_PATIENT", "0"),
    ("BOOKING_HORIZON_DAYS", "3651"),
    ("ATTACHMENT_MAX_MB", "51"),
    ("ATTACHMENT_HOSPITAL_MB", "-1"),
    ("CLAMAV_ADDRESS", "clamav"),
    ("SLOW_QUERY_MS", "0"),
    ("DEBUG_TOOLBAR", "yes"),
    ("METRICS_TOKEN", "two words"),
    ("LOG_FORMAT", "xml"),
    ("RUST_LOG", "telemedicine=loud"),
];

#[test]
fn every_problem_is_named_at_once() {
    let error = Settings::from_vars(&vars(WRONG)).unwrap_err();
    let mut named: Vec<_> = error.iter().map(|problem| problem.variable).collect();
    named.sort_unstable();
    let mut expected: Vec<_> = WRONG.iter().map(|(name, _)| *name).collect();
    expected.sort_unstable();
    assert_eq!(named, expected);
    let message = error.to_string();
    assert!(message.starts_with(&format!("{} settings cannot be used:\n", WRONG.len())), "{message}");
    assert!(message.contains("\n  PAGE_SIZE must be a whole number from 1 to 200, not \"201\""), "{message}");
    assert!(message.contains("\n  ENVIRONMENT must be development or production, not \"staging\""), "{message}");
    assert_eq!(WRONG.len() + 1, VARIABLES.len(), "a variable without a wrong value above");
}

#[test]
fn an_empty_value_is_unset() {
    let empty: Vec<_> = VARIABLES.iter().map(|variable| (variable.name, " ")).collect();
    assert_eq!(read(&empty).pages.page_size, 20);
}

#[test]
fn production_requires_its_secret_and_its_address() {
    assert_eq!(wrong(&[("ENVIRONMENT", "production")]), ["PUBLIC_URL", "SECRET_KEY"]);
    assert!(production(&[]).is_ok());
    assert_eq!(names(production(&[("SECRET_KEY", &KEY[1..])])), ["SECRET_KEY"]);
    assert_eq!(names(production(&[("PUBLIC_URL", "http://clinic.example")])), ["PUBLIC_URL"]);
    assert_eq!(names(production(&[("DEBUG_TOOLBAR", "true")])), ["DEBUG_TOOLBAR"]);
    assert_eq!(names(production(&[("STATIC_URL", "http://cdn.example")])), ["STATIC_URL"]);
    assert!(read(&[("DEBUG_TOOLBAR", "true")]).diagnostics.debug_toolbar);
}

#[test]
fn preloading_needs_a_year_and_subdomains() {
    let hsts = read(&[("HSTS_SECONDS", "60")]).security.hsts;
    assert_eq!(hsts.header_value(), "max-age=60; includeSubDomains");
    assert_eq!(wrong(&[("HSTS_SECONDS", "60"), ("HSTS_PRELOAD", "true")]), ["HSTS_PRELOAD"]);
    assert_eq!(wrong(&[("SESSION_IDLE_MINUTES", "61"), ("SESSION_MAX_HOURS", "1")]), ["SESSION_IDLE_MINUTES"]);
}

/// `.env.example` as (meaning, name, default), in its order.
fn example() -> Vec<(String, String, String)> {
    let text = include_str!("../../../.env.example");
    let (_, blocks) = text.split_once("\n\n").unwrap();
    blocks
        .trim()
        .split("\n\n")
        .map(|block| {
            let (comment, assignment) = block.rsplit_once('\n').unwrap();
            let (name, default) = assignment.split_once('=').unwrap();
            (comment.strip_prefix("# ").unwrap().to_owned(), name.to_owned(), default.to_owned())
        })
        .collect()
}

#[test]
fn env_example_is_the_list_of_variables() {
    let list: Vec<_> =
        VARIABLES.iter().map(|v| (v.meaning.to_owned(), v.name.to_owned(), v.default.to_owned())).collect();
    assert_eq!(example(), list);
}

#[test]
fn env_example_names_the_secrets_that_may_stand_in_files() {
    let text = include_str!("../../../.env.example");
    let (head, _) = text.split_once("\n\n").unwrap();
    for file in VARIABLES.iter().filter_map(|variable| variable.file) {
        assert!(head.contains(file), "{file} is not in {head}");
    }
}

#[test]
fn env_example_means_the_defaults() {
    let given = example().into_iter().map(|(_, name, default)| (name, default)).collect();
    let (mut given, mut unset) = (Settings::from_vars(&given).unwrap(), read(&[]));
    let key = read(&[("SECRET_KEY", KEY)]).secret_key;
    (given.secret_key, unset.secret_key) = (key.clone(), key);
    assert_eq!(format!("{given:?}"), format!("{unset:?}"));
}

#[test]
fn a_lease_is_none_or_long_enough_to_be_renewed() {
    assert_eq!(wrong(&[("CACHE_LEASE_MS", "299")]), ["CACHE_LEASE_MS"]);
    assert!(wrong(&[("CACHE_LEASE_MS", "300")]).is_empty() && wrong(&[("CACHE_LEASE_MS", "0")]).is_empty());
}
