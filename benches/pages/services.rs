//! The services to measure on, and a database of this run's own.

use std::{collections::BTreeMap, env, path::Path, process::Command};

use sea_orm::{ConnectionTrait, Database};

/// Workers of the server and of each peer: one for each core of the machines this is compared on.
pub(crate) const WORKERS: usize = 2;

/// Postgres and Redis, and the database that is dropped at the end.
pub(crate) struct Services {
    server: String,
    redis: String,
    name: String,
    /// What this run started and stops again.
    started: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "how to measure is the runner's to say, not a setting of the server")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// How long each load lasts.
pub(crate) fn seconds() -> String {
    variable("BENCH_SECONDS").unwrap_or_else(|| "10".to_owned())
}

/// How large the clinic is.
pub(crate) fn appointments() -> String {
    variable("BENCH_APPOINTMENTS").unwrap_or_else(|| "100000".to_owned())
}

impl Services {
    /// Those that the environment names, else some of its own; with an empty, migrated database.
    pub(crate) fn find() -> Self {
        let name = format!("telemedicine_bench_{}", std::process::id());
        let services = match (variable("TEST_DATABASE_URL"), variable("TEST_REDIS_URL")) {
            (Some(server), Some(redis)) => Self { server, redis, name, started: None },
            _ => Self::start(name),
        };
        services.sql(&format!("CREATE DATABASE {}", services.name));
        block_on(async {
            let database = Database::connect(services.database_url()).await.unwrap();
            migration::up(&database).await.unwrap();
        });
        services
    }

    fn start(name: String) -> Self {
        let state = env::temp_dir().join(&name).display().to_string();
        let script = "urls=$(tests/services.sh up) && eval \"$urls\" && printf '%s\\n' \"$TEST_DATABASE_URL\" \"$TEST_REDIS_URL\"";
        let output = in_the_project("bash").args(["-c", script]).env("TEST_SERVICES_STATE", &state).output().unwrap();
        assert!(output.status.success(), "tests/services.sh: {}", String::from_utf8_lossy(&output.stderr));
        let urls = String::from_utf8(output.stdout).unwrap();
        let mut lines = urls.lines().map(str::to_owned);
        Self { server: lines.next().unwrap(), redis: lines.next().unwrap(), name, started: Some(state) }
    }

    /// The address of this run's database.
    pub(crate) fn database_url(&self) -> String {
        let mut url = url::Url::parse(&self.server).unwrap();
        url.set_path(&self.name);
        url.into()
    }

    /// What the server, and the peer that shares its sessions, are told.
    pub(crate) fn settings(&self, port: u16) -> BTreeMap<String, String> {
        let vars = [
            ("ENVIRONMENT", "development".to_owned()),
            ("BIND", format!("127.0.0.1:{port}")),
            ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
            ("WORKERS", WORKERS.to_string()),
            ("SECRET_KEY", "benches/pages ".repeat(5)),
            ("DATABASE_URL", self.database_url()),
            ("REDIS_URL", self.redis.clone()),
            ("CACHE_KEY_PREFIX", self.name.clone()),
            ("RUST_LOG", "error".to_owned()),
        ];
        vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn sql(&self, statement: &str) {
        block_on(async {
            let admin = Database::connect(&self.server).await.unwrap();
            admin.execute_unprepared(statement).await.unwrap();
        });
    }

    /// Statistics for the planner, as autovacuum makes them in a database that is used.
    pub(crate) fn analyze(&self) {
        block_on(async {
            let database = Database::connect(self.database_url()).await.unwrap();
            database.execute_unprepared("VACUUM ANALYZE").await.unwrap();
        });
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.sql(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        if let Some(state) = &self.started {
            let stopped = in_the_project("tests/services.sh").arg("down").env("TEST_SERVICES_STATE", state).status();
            assert!(stopped.is_ok_and(|status| status.success()), "tests/services.sh down failed");
        }
    }
}

fn in_the_project(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")));
    command
}

/// Runs a future to its end on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
