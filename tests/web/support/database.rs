//! A database for each test, cloned from one that is migrated once.
//!
//! The migrated one is named after what the migrations say, so it is made anew when they change and
//! is shared by all tests of all runs until then. Whoever comes first makes it, under a lock.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

/// One test's database.
pub(super) struct TestDatabase {
    url: String,
    name: String,
    kind: Kind,
}

enum Kind {
    /// The server's own address, with another database's name in it.
    Postgres { server: String },
    /// Removed with everything in it.
    Sqlite(tempfile::TempDir),
}

/// Whether the tests run on Postgres; on SQLite otherwise.
pub(crate) fn uses_postgres() -> bool {
    variable("TEST_DATABASE_URL").is_some()
}

/// A variable of the environment; nothing when it is unset or empty.
#[expect(
    clippy::disallowed_methods,
    reason = "which services to test on is the runner's to say, not a setting of the server"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl TestDatabase {
    /// A migrated, empty database that nobody else has.
    pub(super) async fn create() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("telemedicine_test_{}_{:08x}_{number}", std::process::id(), rand::random::<u32>());
        match variable("TEST_DATABASE_URL") {
            Some(server) => Self::in_postgres(server, name).await,
            None => Self::in_a_file(name).await,
        }
    }

    async fn in_postgres(server: String, name: String) -> Self {
        static COPY: OnceCell<String> = OnceCell::const_new();
        let copy = COPY.get_or_init(|| postgres_copy(&server)).await;
        let admin = open(&server).await;
        run(&admin, &format!("CREATE DATABASE {name} {copy}")).await;
        Self { url: with_database(&server, &name), name, kind: Kind::Postgres { server } }
    }

    async fn in_a_file(name: String) -> Self {
        static TEMPLATE: OnceCell<PathBuf> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(sqlite_template).await;
        let folder = tempfile::Builder::new().prefix("telemedicine-test-").tempdir().unwrap();
        let file = folder.path().join("clinic.db");
        fs::copy(template, &file).unwrap();
        Self { url: format!("sqlite:{}", file.display()), name, kind: Kind::Sqlite(folder) }
    }

    /// What `DATABASE_URL` is to be.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Nobody else's, letters, digits and underscores.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes it away, whoever is still connected.
    pub(super) async fn drop(self) {
        match self.kind {
            Kind::Postgres { server } => {
                run(&open(&server).await, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await
            }
            Kind::Sqlite(folder) => drop(folder),
        }
    }

    /// The settings of a server with this database, by the names they have in the environment.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let mut vars = BTreeMap::new();
        let mut set = |name: &str, value: &str| vars.insert(name.to_owned(), value.to_owned());
        set("ENVIRONMENT", "development");
        set("BIND", "127.0.0.1:0");
        set("WORKERS", "1");
        set("SECRET_KEY", &"tests/web ".repeat(8));
        set("DATABASE_URL", self.url());
        set("DB_MAX_CONNECTIONS", "5");
        // Every page that is served from the cache is rendered again and compared, in all of these tests.
        set("CACHE_VERIFY", "true");
        if let Some(url) = variable("TEST_REDIS_URL") {
            set("REDIS_URL", &url);
            set("CACHE_KEY_PREFIX", self.name());
        }
        vars
    }
}

/// A connection or two of the test's own.
pub(super) async fn open(url: &str) -> DatabaseConnection {
    let mut options =
        ConnectOptions::new(if url.starts_with("sqlite:") { format!("{url}?mode=rw") } else { url.to_owned() });
    options.max_connections(2).sqlx_logging(false);
    Database::connect(options).await.unwrap_or_else(|error| panic!("the tests' database cannot be opened: {error}"))
}

async fn run(connection: &DatabaseConnection, sql: &str) {
    connection.execute_unprepared(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// `url` with another database's name.
fn with_database(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).expect("TEST_DATABASE_URL is an address");
    url.set_path(name);
    url.into()
}

/// How a database becomes a copy of the template. File by file takes a third of what Postgres from 15 on takes to write each page into its log as well.
async fn postgres_copy(server: &str) -> String {
    let template = postgres_template(server).await;
    let version = sea_orm::Statement::from_string(
        sea_orm::DbBackend::Postgres,
        "SELECT current_setting('server_version_num')::int AS version",
    );
    let version = open(server).await.query_one_raw(version).await.unwrap().unwrap();
    let strategy = if version.try_get::<i32>("", "version").unwrap() >= 150_000 { " STRATEGY FILE_COPY" } else { "" };
    format!("TEMPLATE {template}{strategy}")
}

async fn postgres_template(server: &str) -> String {
    let name = format!("telemedicine_template_{}", state_of_migrations());
    let mut options = ConnectOptions::new(server);
    // The lock belongs to a session, so there must be one session only.
    options.max_connections(1).sqlx_logging(false);
    let admin = Database::connect(options).await.unwrap_or_else(|error| panic!("TEST_DATABASE_URL: {error}"));
    run(&admin, "SELECT pg_advisory_lock(4173190412)").await;
    let exists = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, exists);
    if admin.query_one_raw(statement).await.unwrap().is_none() {
        // It gets its name when it is finished: one that was given up half-way is never used.
        let unfinished = format!("{name}_unfinished");
        run(&admin, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")).await;
        run(&admin, &format!("CREATE DATABASE {unfinished}")).await;
        migrate(&with_database(server, &unfinished)).await;
        run(&admin, &format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await;
    }
    run(&admin, "SELECT pg_advisory_unlock(4173190412)").await;
    name
}

async fn sqlite_template() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let finished = folder.join(format!("template-{}.db", state_of_migrations()));
    let lock = File::create(folder.join("template.lock")).unwrap();
    lock.lock().unwrap();
    if !finished.exists() {
        let unfinished = folder.join(format!("unfinished-{}.db", std::process::id()));
        File::create(&unfinished).unwrap();
        migrate(&format!("sqlite:{}", unfinished.display())).await;
        fs::rename(&unfinished, &finished).unwrap();
    }
    finished
}

async fn migrate(url: &str) {
    let connection = open(url).await;
    migration::up(&connection).await.unwrap_or_else(|error| panic!("the migrations: {error}"));
    connection.close().await.unwrap();
}

/// Sixteen hexadecimal digits of what the migrations' files say.
fn state_of_migrations() -> String {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("migration/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    let mut digest = Sha256::new();
    for file in files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(fs::read(&file).unwrap());
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
