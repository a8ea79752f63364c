//! The database and its pool.

use std::time::Duration;

use super::database_url::DatabaseUrl;
use super::reader::SettingsReader;

#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    pub url: DatabaseUrl,
    /// Read replicas, all Postgres; empty on SQLite.
    pub replicas: Vec<DatabaseUrl>,
    /// Most connections of one process to one database.
    pub max_connections: u32,
    /// Longest wait for a new connection.
    pub connect_timeout: Duration,
    /// Longest wait for a free connection of the pool.
    pub acquire_timeout: Duration,
    /// A connection older than this is replaced (`DB_CONN_MAX_AGE`).
    pub max_lifetime: Duration,
    /// A connection unused for this long is closed.
    pub idle_timeout: Duration,
    /// Longest statement.
    pub statement_timeout: Duration,
}

impl DatabaseSettings {
    pub(super) fn read(reader: &mut SettingsReader<'_>) -> Self {
        let url = url(reader);
        Self {
            replicas: replicas(reader, url.is_embedded()),
            url,
            max_connections: reader.number("DB_MAX_CONNECTIONS", 1..=1000),
            connect_timeout: reader.seconds("DB_CONNECT_TIMEOUT", 1..=300),
            acquire_timeout: reader.seconds("DB_ACQUIRE_TIMEOUT", 1..=300),
            max_lifetime: reader.seconds("DB_CONN_MAX_AGE", 1..=86_400),
            idle_timeout: reader.seconds("DB_IDLE_TIMEOUT", 1..=86_400),
            statement_timeout: reader.seconds("DB_STATEMENT_TIMEOUT", 1..=300),
        }
    }

    /// How long a network may be silent beyond the time that Postgres itself allows a statement.
    pub const GRACE: Duration = Duration::from_secs(2);

    /// The time within which any statement, COMMIT included, is answered or given up.
    pub fn longest_answer(&self) -> Duration {
        self.acquire_timeout + self.statement_timeout + Self::GRACE
    }

    /// Whether the database is a file of this process (SQLite).
    pub fn is_embedded(&self) -> bool {
        self.url.is_embedded()
    }
}

fn url(reader: &mut SettingsReader<'_>) -> DatabaseUrl {
    let text = reader.text("DATABASE_URL").unwrap_or_default();
    DatabaseUrl::parse(text).unwrap_or_else(|says| {
        reader.problem("DATABASE_URL", says);
        DatabaseUrl::nowhere()
    })
}

fn replicas(reader: &mut SettingsReader<'_>, embedded: bool) -> Vec<DatabaseUrl> {
    let text = reader.text("DATABASE_REPLICA_URLS").unwrap_or_default();
    let mut replicas = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match DatabaseUrl::parse(part) {
            Ok(url) if url.is_embedded() => {
                reader.problem("DATABASE_REPLICA_URLS", "must be Postgres addresses with commas between")
            }
            Ok(url) => replicas.push(url),
            Err(says) => reader.problem("DATABASE_REPLICA_URLS", format!("{says} (several are separated by commas)")),
        }
    }
    if embedded && !replicas.is_empty() {
        reader.problem("DATABASE_REPLICA_URLS", "needs a Postgres DATABASE_URL: an SQLite file has no replicas");
    }
    replicas
}
