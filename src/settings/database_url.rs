//! A database's address: which kind of database, and what of the address may be shown.

use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

/// The kinds of database that hold the clinic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backend {
    Postgres,
    /// One file on this machine, relative to the working directory unless absolute.
    Sqlite(PathBuf),
}

/// A checked address. `Debug` shows only [`DatabaseUrl::address`].
#[derive(Clone, Debug)]
pub struct DatabaseUrl {
    url: SecretString,
    backend: Backend,
    address: String,
    name: String,
}

/// How Postgres may be asked for TLS (`sslmode`).
const SSL_MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

impl DatabaseUrl {
    /// # Errors
    /// What the address must be; the text does not repeat it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some(rest) = text.strip_prefix("sqlite:") {
            return sqlite(rest);
        }
        let url = Url::parse(text).map_err(|error| format!("is not an address ({error}); {EXPECTED}"))?;
        if !matches!(url.scheme(), "postgres" | "postgresql") {
            return Err(EXPECTED.to_owned());
        }
        postgres(text, &url)
    }

    /// Stands in for an address that could not be read, until the problem is reported.
    pub(super) fn nowhere() -> Self {
        Self { url: String::new().into(), backend: Backend::Postgres, address: String::new(), name: String::new() }
    }

    /// The whole address with its password: for the driver, never for a message.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Whether the database is a file of this process (SQLite).
    pub fn is_embedded(&self) -> bool {
        matches!(self.backend, Backend::Sqlite(_))
    }

    /// What messages may show: `host:port/name`, or the file's path. No user, no password.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The database's name, or the file's path.
    pub fn name(&self) -> &str {
        &self.name
    }
}

const EXPECTED: &str = "must begin with postgres://, postgresql:// or sqlite:";

fn sqlite(rest: &str) -> Result<DatabaseUrl, String> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.contains(":memory:") || query.contains("mode=memory") {
        return Err("must name a file, e.g. sqlite:data/telemedicine.db".to_owned());
    }
    let query = match query {
        // The file is made when it is missing; without this the driver refuses.
        "" => "mode=rwc".to_owned(),
        given if given.contains("mode=") => given.to_owned(),
        given => format!("{given}&mode=rwc"),
    };
    let file = percent_decode_str(path).decode_utf8_lossy().into_owned();
    Ok(DatabaseUrl {
        url: format!("sqlite://{path}?{query}").into(),
        backend: Backend::Sqlite(PathBuf::from(&file)),
        address: file.clone(),
        name: file,
    })
}

/// What a password leaves behind in which `/`, `#` or `@` stands as it is: the address ends in its middle, and the rest is taken for the host
/// and the name, which messages show. No name of a database needs these.
fn is_torn(url: &Url) -> bool {
    let name = url.path().trim_start_matches('/');
    url.fragment().is_some() || name.contains(['/', '@', ':'])
}

fn postgres(text: &str, url: &Url) -> Result<DatabaseUrl, String> {
    if is_torn(url) {
        return Err("has one of / # @ : where a name stands; in a password they are written %2F %23 %40 %3A".to_owned());
    }
    let name = percent_decode_str(url.path().trim_start_matches('/')).decode_utf8_lossy().into_owned();
    if name.is_empty() {
        return Err("must name a database, e.g. postgres://user:password@host:5432/telemedicine".to_owned());
    }
    let asked = |wanted: &str| url.query_pairs().find(|(key, _)| key == wanted).map(|(_, value)| value.into_owned());
    if asked("sslmode").is_some_and(|mode| !SSL_MODES.contains(&mode.as_str())) {
        return Err(format!("asks for an unknown sslmode; allowed are {}", SSL_MODES.join(", ")));
    }
    // A socket's folder is given as ?host=/run/postgresql.
    let host = asked("host").or_else(|| url.host_str().map(str::to_owned)).filter(|host| !host.is_empty());
    let host = host.unwrap_or_else(|| "localhost".to_owned());
    let port = asked("port").and_then(|port| port.parse().ok()).or(url.port()).unwrap_or(5432);
    Ok(DatabaseUrl { url: text.into(), backend: Backend::Postgres, address: format!("{host}:{port}/{name}"), name })
}
