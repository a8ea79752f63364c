//! Redis: sessions' fast copies, the cache, rate limits.

use std::time::Duration;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::reader::SettingsReader;

const NAME: &str = "REDIS_URL";

/// A checked address and its limits. `Debug` shows host and port alone.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    url: SecretString,
    username: Option<SecretString>,
    password: Option<SecretString>,
    host: String,
    port: u16,
    tls: bool,
    database: u32,
    /// Most connections of the pool of one process.
    pub max_connections: usize,
    pub connect_timeout: Duration,
    /// Longest wait for a command that no page waits for.
    pub timeout: Duration,
    /// How long a page waits for Redis before it goes on without.
    pub patience: Duration,
}

impl RedisSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Option<Self> {
        let max_connections = reader.number("REDIS_MAX_CONNECTIONS", 1..=10_000);
        let connect_timeout = reader.seconds("REDIS_CONNECT_TIMEOUT", 1..=300);
        let timeout = reader.seconds("REDIS_TIMEOUT", 1..=300);
        let patience = reader.milliseconds("REDIS_PATIENCE_MS", 1..=10_000);
        if patience > timeout {
            reader.problem("REDIS_PATIENCE_MS", "must not be longer than REDIS_TIMEOUT");
        }
        let text = reader.given(NAME)?;
        let url = parse(reader, text)?;
        Some(Self {
            url: text.into(),
            username: decoded(url.username()),
            password: decoded(url.password().unwrap_or_default()),
            host: url.host_str().unwrap_or_default().to_owned(),
            port: url.port().unwrap_or(6379),
            tls: url.scheme() == "rediss",
            database: database(&url).unwrap_or_default(),
            max_connections,
            connect_timeout,
            timeout,
            patience,
        })
    }

    /// The whole address with its password: for the client, never for a message.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// Whether only the pool can speak to it: TLS, or a database number other than 0. The actor knows neither.
    pub fn needs_pool(&self) -> bool {
        self.tls || self.database != 0
    }

    /// The number of the database, 0 if the address names none.
    pub fn database(&self) -> u32 {
        self.database
    }

    /// `host:port`, as the actor wants it and messages may show it.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// The user to authenticate as; Redis' `default` user when there is none.
    pub fn username(&self) -> Option<&str> {
        self.username.as_ref().map(|name| name.expose_secret())
    }

    /// The password for `AUTH`.
    pub fn password(&self) -> Option<&str> {
        self.password.as_ref().map(|word| word.expose_secret())
    }
}

fn parse(reader: &mut SettingsReader<'_>, text: &str) -> Option<Url> {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => {
            reader.problem(NAME, format!("is not an address ({error}); it must begin with redis:// or rediss://"));
            return None;
        }
    };
    if !matches!(url.scheme(), "redis" | "rediss") {
        reader.problem(NAME, "must begin with redis:// or rediss://");
    } else if url.host_str().is_none_or(str::is_empty) {
        reader.problem(NAME, "must name a host, e.g. redis://localhost:6379");
    } else if url.fragment().is_some() {
        reader.problem(NAME, "has a # where an address has none; in a password it is written %23");
    } else if database(&url).is_none() {
        reader.problem(NAME, "must end with a database number, if with anything, e.g. redis://localhost:6379/1");
    } else if url.password().is_none() && !url.username().is_empty() {
        reader.problem(NAME, "has a user without a password; a password alone is written redis://:password@host");
    } else {
        return Some(url);
    }
    None
}

/// The number after the host; none written means 0.
fn database(url: &Url) -> Option<u32> {
    match url.path().trim_matches('/') {
        "" => Some(0),
        number => number.parse().ok(),
    }
}

fn decoded(part: &str) -> Option<SecretString> {
    let text = percent_decode_str(part).decode_utf8_lossy().into_owned();
    if text.is_empty() { None } else { Some(text.into()) }
}
