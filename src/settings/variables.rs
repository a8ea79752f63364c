//! The one list of variables. `.env.example` repeats it; a test keeps the two equal.

/// A variable that the server reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variable {
    pub name: &'static str,
    /// What is used when the variable is unset or empty. Empty: there is none, and `meaning` says what then happens.
    pub default: &'static str,
    /// One sentence or two for the operator, with the unit.
    pub meaning: &'static str,
    /// For a secret: the variable that may name a file with the value instead.
    pub file: Option<&'static str>,
}

const fn var(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, file: None }
}

/// A variable whose value nobody but the server should see.
const fn secret(name: &'static str, file: &'static str, meaning: &'static str) -> Variable {
    secret_or(name, file, "", meaning)
}

const fn secret_or(name: &'static str, file: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, file: Some(file) }
}

/// Every variable, in the order of `.env.example`.
pub const VARIABLES: &[Variable] = &[
    var(
        "ENVIRONMENT",
        "development",
        "development or production. Production asks for SECRET_KEY and an https PUBLIC_URL, and refuses what shows internals.",
    ),
    var("BIND", "127.0.0.1:8000", "IP address and port on which the server listens."),
    var("WORKERS", "", "Worker threads, 1 to 1024. Unset: one for each processor core."),
    var(
        "SHUTDOWN_DELAY",
        "",
        "For how long after SIGTERM /health/ready says 503 while new connections are still taken, in seconds, 0 to 300. Unset: 5 in production, 0 in development.",
    ),
    secret(
        "SECRET_KEY",
        "SECRET_KEY_FILE",
        "Secret from which keys are derived; the same on every instance. Required in production: 64 random characters or more, e.g. from `openssl rand -hex 32`. Unset in development: generated once into data/secret.key.",
    ),
    var(
        "PUBLIC_URL",
        "",
        "The site's own address, e.g. https://clinic.example, without a path. Required in production, with https. Unset: http:// and BIND.",
    ),
    var(
        "TRUSTED_PROXIES",
        "",
        "Proxies whose X-Forwarded-* headers are believed: addresses or networks with commas between, e.g. 10.0.0.0/8. Unset: none.",
    ),
    secret_or(
        "DATABASE_URL",
        "DATABASE_URL_FILE",
        "sqlite:data/telemedicine.db",
        "Where the data lives: postgres://user:password@host:5432/name, or sqlite: and a file, which is made when missing.",
    ),
    secret(
        "DATABASE_REPLICA_URLS",
        "DATABASE_REPLICA_URLS_FILE",
        "Standbys of that Postgres database that pages may be read from: addresses with commas between. Unset: none.",
    ),
    var("DB_MAX_CONNECTIONS", "20", "Most connections of one instance to the database, 1 to 1000."),
    var("DB_CONNECT_TIMEOUT", "10", "Longest wait for a new connection, in seconds, 1 to 300."),
    var("DB_ACQUIRE_TIMEOUT", "5", "Longest wait for a free connection of the pool, in seconds, 1 to 300."),
    var("DB_CONN_MAX_AGE", "600", "A connection older than this is replaced, in seconds, 1 to 86400."),
    var("DB_IDLE_TIMEOUT", "300", "A connection unused for this long is closed, in seconds, 1 to 86400."),
    var("DB_STATEMENT_TIMEOUT", "15", "Longest statement, in seconds, 1 to 300."),
    secret(
        "REDIS_URL",
        "REDIS_URL_FILE",
        "Redis for sessions, cache and rate limits: redis://user:password@host:6379, rediss:// for TLS, /1 at the end for database 1. Unset: they live in this process, so run one instance only.",
    ),
    var("REDIS_MAX_CONNECTIONS", "50", "Most pooled connections of one instance to Redis, 1 to 10000."),
    var("REDIS_CONNECT_TIMEOUT", "5", "Longest wait for a connection to Redis, in seconds, 1 to 300."),
    var("REDIS_TIMEOUT", "5", "Longest wait for a command that no page waits for, in seconds, 1 to 300."),
    var(
        "REDIS_PATIENCE_MS",
        "250",
        "How long a page waits for Redis before it goes on without, in milliseconds, 1 to 10000.",
    ),
    var(
        "CACHE_KEY_PREFIX",
        "telemedicine",
        "First part of every key in Redis; different for each site that shares one Redis.",
    ),
    var(
        "CACHE_PAGE_SECONDS",
        "600",
        "Longest time that a page is kept, in seconds, 1 to 86400; 0 keeps none. Pages are never stale, however long.",
    ),
    var(
        "CACHE_LEASE_MS",
        "1000",
        "How long an instance answers from memory after it has proved that Redis tells it of every change, in milliseconds, 0 to 10000. A change waits at most this long for an instance that has stopped. 0 asks Redis for each request. The same on every instance.",
    ),
    var(
        "CACHE_TIMEOUT",
        "300",
        "How long a cached value lives that was set without a time of its own, in seconds, 1 to 31536000.",
    ),
    var("CACHE_MEMORY_MB", "64", "Most memory for pages kept in one instance, in MiB, 1 to 1048576."),
    var(
        "CACHE_VERIFY",
        "false",
        "true or false. Render each page that the cache serves again and compare: for tests, slow.",
    ),
    var("SESSION_IDLE_MINUTES", "30", "Someone who did nothing for this long is signed out, in minutes, 1 to 10080."),
    var("SESSION_MAX_HOURS", "12", "Someone who signed in this long ago is signed out, in hours, 1 to 168."),
    var("RETAIN_SESSIONS_DAYS", "30", "How long ended sessions are kept, in days, 1 to 36500."),
    var(
        "RETAIN_LINKS_DAYS",
        "60",
        "How long links to choose a password, and to addresses, are kept after they ran out, in days, 1 to 36500.",
    ),
    var(
        "RETAIN_MAIL_DAYS",
        "30",
        "How long mails are kept that were sent or are not to be sent any more, in days, 1 to 36500.",
    ),
    var(
        "RETAIN_NOTE_VERSIONS_DAYS",
        "30",
        "How long the versions of a note are kept after it was signed, and those of a draft that newer ones stand for after they were saved (the latest 200 of each), in days, 1 to 36500.",
    ),
    var(
        "RETAIN_NOTIFICATIONS_DAYS",
        "365",
        "How long notifications are kept after they were read, in days, 1 to 36500.",
    ),
    var(
        "HSTS_SECONDS",
        "31536000",
        "How long browsers insist on https, in seconds, 0 to 630720000. Sent only over TLS or behind a trusted proxy that says https.",
    ),
    var("HSTS_INCLUDE_SUBDOMAINS", "true", "true or false. Whether that holds for subdomains."),
    var(
        "HSTS_PRELOAD",
        "true",
        "true or false. Whether browsers may ship that with themselves; only with subdomains and a year or more.",
    ),
    var(
        "BREACHED_PASSWORDS",
        "",
        "Passwords from breaches, none of which can be chosen: the whole path of the file, ordered by hash, or of the folder of range files that the downloader of Have I Been Pwned makes (SHA-1). Unset: none are known.",
    ),
    secret(
        "SMTP_URL",
        "SMTP_URL_FILE",
        "Mail server: smtp://user:password@host:587 (encrypted by STARTTLS), smtps://user:password@host:465, or smtp://localhost:25?tls=none for one on this machine. Unset: in development each mail is a file in data/mail; in production none is sent.",
    ),
    var(
        "MAIL_FROM",
        "",
        "Who mails are from, e.g. Clinic <no-reply@clinic.example>. Unset: no-reply at the host of PUBLIC_URL.",
    ),
    var(
        "STATIC_URL",
        "/static",
        "Where browsers find styles, scripts and images: a path, or a CDN's address that fetches /static from this server.",
    ),
    var(
        "TZDIR",
        "",
        "Folder of time zone files, read once at the start. Unset: the newer of /usr/share/zoneinfo and the tables that are compiled in.",
    ),
    var("PAGE_SIZE", "20", "Rows of a list on one page, 1 to 200."),
    var(
        "LIVE_MAX_STREAMS",
        "10000",
        "Most open streams of one instance for pages that change by themselves, 0 to 1000000. Beyond them pages say that they are not live.",
    ),
    var(
        "TURN_URLS",
        "",
        "Relays for calls between browsers that cannot reach each other, each once for each way it is reached: addresses with commas between, e.g. turn:turn.clinic.example:3478?transport=udp, turns:turn.clinic.example:443. Unset: none, and calls between some networks fail.",
    ),
    secret(
        "TURN_SECRET",
        "TURN_SECRET_FILE",
        "What the relays know as well (static-auth-secret): 16 visible characters or more. Required with TURN_URLS.",
    ),
    var(
        "TURN_TTL",
        "3600",
        "How long a credential for the relays can be used, in seconds, 60 to 86400. A call that goes on outlasts it.",
    ),
    var(
        "CALL_RELAY_ONLY",
        "false",
        "true or false. Whether calls go through the relays alone, so that neither of two learns the other's network address; only with TURN_URLS.",
    ),
    var(
        "OPEN_REQUESTS_PER_PATIENT",
        "5",
        "Most requests of one patient that no doctor has decided yet and whose time is to come, 1 to 1000.",
    ),
    var("BOOKING_HORIZON_DAYS", "365", "How far ahead visits can be booked, by anybody, in days, 1 to 3650."),
    var("ATTACHMENT_MAX_MB", "10", "Largest file that can be attached to a message, in MiB, 1 to 50."),
    var(
        "ATTACHMENT_HOSPITAL_MB",
        "10240",
        "Most that is attached in one hospital, in MiB, 0 to 10000000. Beyond it messages are text alone.",
    ),
    var(
        "CLAMAV_ADDRESS",
        "",
        "Virus scanner that looks at each file before it is kept: host and port of a clamd, e.g. clamav:3310. What it does not answer about nobody can open until it does. Unset: nothing looks for viruses, and pages say so.",
    ),
    var("SLOW_QUERY_MS", "200", "A statement slower than this gets a line in the log, in milliseconds, 1 to 600000."),
    var(
        "DEBUG_TOOLBAR",
        "false",
        "true or false. Statements and times at the foot of each page; refused in production.",
    ),
    secret(
        "METRICS_TOKEN",
        "METRICS_TOKEN_FILE",
        "Bearer token for /metrics. Unset: only this machine may read it, and in production nobody.",
    ),
    var("LOG_FORMAT", "text", "text or json. How a line of the log is written: name=value pairs, or one JSON object."),
    var(
        "RUST_LOG",
        "info",
        "What is logged: error, warn, info, debug or trace, or by module, e.g. info,telemedicine=debug. sqlx stays at warn unless named.",
    ),
];
