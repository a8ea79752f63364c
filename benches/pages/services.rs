//! The services to measure on, and a database of this run's own.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    process::Command,
};

use sea_orm::{ConnectionTrait, Database, DbBackend, QueryResult, Statement};

/// Workers of the server and of each peer: one for each core of the machines this is compared on.
pub(crate) const WORKERS: usize = 2;

/// Postgres and Redis, the database that is dropped at the end, and whose programs serve it.
pub(crate) struct Services {
    server: String,
    redis: String,
    name: String,
    /// The folder with the programs `telemedicine` and `migration` of an earlier build; `None`: these sources'.
    programs: Option<PathBuf>,
    /// What this run started and stops again.
    started: Option<String>,
}

#[expect(clippy::disallowed_methods, reason = "how to measure is the runner's to say, not a setting of the server")]
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// How long each load lasts.
pub(crate) fn seconds() -> u64 {
    variable("BENCH_SECONDS").map_or(10, |seconds| seconds.parse().expect("BENCH_SECONDS is a number"))
}

/// How large the clinic is.
pub(crate) fn appointments() -> String {
    variable("BENCH_APPOINTMENTS").unwrap_or_else(|| "100000".to_owned())
}

/// How many appointments the largest clinic of `growth` has at most.
pub(crate) fn largest_growth() -> u32 {
    variable("BENCH_GROWTH").map_or(10_000_000, |size| size.parse().expect("BENCH_GROWTH is a number"))
}

/// How many streams of live pages are open at once.
pub(crate) fn live_streams() -> usize {
    variable("BENCH_STREAMS").map_or(5_000, |count| count.parse().expect("BENCH_STREAMS is a number"))
}

/// How many entries the trail of `sealing` has.
pub(crate) fn trail() -> u64 {
    variable("BENCH_TRAIL").map_or(2_000_000, |entries| entries.parse().expect("BENCH_TRAIL is a number"))
}

impl Services {
    /// Those that the environment names, else some of its own; with an empty, migrated database.
    pub(crate) fn find() -> Self {
        let name = format!("telemedicine_bench_{}", std::process::id());
        let services = match (variable("TEST_DATABASE_URL"), variable("TEST_REDIS_URL")) {
            (Some(server), Some(redis)) => Self { server, redis, name, programs: None, started: None },
            _ => Self::start(name),
        };
        services.renew();
        services
    }

    /// An empty, migrated database in place of the one with whatever it holds.
    pub(crate) fn renew(&self) {
        self.administer(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        self.administer(&format!("CREATE DATABASE {}", self.name));
        if let Some(folder) = &self.programs {
            let mut up = Command::new(folder.join("migration"));
            let output = up.arg("up").env("DATABASE_URL", self.database_url()).output().unwrap();
            assert!(output.status.success(), "migration up: {}", String::from_utf8_lossy(&output.stderr));
            return;
        }
        block_on(async {
            let database = Database::connect(self.database_url()).await.unwrap();
            migration::up(&database).await.unwrap();
        });
    }

    fn start(name: String) -> Self {
        let state = env::temp_dir().join(&name).display().to_string();
        let script = "urls=$(tests/services.sh up) && eval \"$urls\" && printf '%s\\n' \"$TEST_DATABASE_URL\" \"$TEST_REDIS_URL\"";
        let output = program("bash").args(["-c", script]).env("TEST_SERVICES_STATE", &state).output().unwrap();
        assert!(output.status.success(), "tests/services.sh: {}", String::from_utf8_lossy(&output.stderr));
        let urls = String::from_utf8(output.stdout).unwrap();
        let mut lines = urls.lines().map(str::to_owned);
        let (server, redis) = (lines.next().unwrap(), lines.next().unwrap());
        Self { server, redis, name, programs: None, started: Some(state) }
    }

    /// The same servers, with an earlier build of the clinic and a database of its own: if `BENCH_PREDECESSOR` names the folder
    /// in which its programs are.
    pub(crate) fn predecessor(&self) -> Option<Self> {
        let programs = Some(PathBuf::from(variable("BENCH_PREDECESSOR")?));
        let name = format!("{}_before", self.name);
        let services = Self { server: self.server.clone(), redis: self.redis.clone(), name, programs, started: None };
        services.renew();
        Some(services)
    }

    /// The program of that build.
    pub(crate) fn program(&self) -> PathBuf {
        match &self.programs {
            Some(folder) => folder.join("telemedicine"),
            None => PathBuf::from(env!("CARGO_BIN_EXE_telemedicine")),
        }
    }

    /// The name of this run's database, which no other has.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of this run's database.
    pub(crate) fn database_url(&self) -> String {
        let mut url = url::Url::parse(&self.server).unwrap();
        url.set_path(&self.name);
        url.into()
    }

    /// Redis, as `host:port`.
    pub(crate) fn redis_address(&self) -> String {
        let url = url::Url::parse(&self.redis).unwrap();
        format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(6379))
    }

    /// What the server, and the peer that shares its sessions, are told.
    pub(crate) fn settings(&self, port: u16) -> BTreeMap<String, String> {
        let vars = [
            ("ENVIRONMENT", "development".to_owned()),
            ("BIND", format!("127.0.0.1:{port}")),
            ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
            // People sign in from addresses of their own.
            ("TRUSTED_PROXIES", "127.0.0.1".to_owned()),
            ("WORKERS", WORKERS.to_string()),
            ("SECRET_KEY", "benches/pages ".repeat(5)),
            ("DATABASE_URL", self.database_url()),
            ("REDIS_URL", self.redis.clone()),
            ("CACHE_KEY_PREFIX", self.name.clone()),
            ("RUST_LOG", variable("BENCH_LOG").unwrap_or_else(|| "error".to_owned())),
        ];
        vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// How many commands Redis has carried out, those of scripts included.
    pub(crate) fn redis_commands(&self) -> u64 {
        let client = deadpool_redis::redis::Client::open(self.redis.as_str()).unwrap();
        let mut connection = client.get_connection().unwrap();
        let told: String = deadpool_redis::redis::cmd("INFO").arg("commandstats").query(&mut connection).unwrap();
        let calls = told.lines().filter_map(|line| line.split_once("calls=")?.1.split(',').next()?.parse::<u64>().ok());
        calls.sum()
    }

    fn administer(&self, statement: &str) {
        block_on(async {
            let admin = Database::connect(&self.server).await.unwrap();
            admin.execute_unprepared(statement).await.unwrap();
        });
    }

    /// Runs statements in this run's database.
    pub(crate) fn execute(&self, statements: &str) {
        block_on(async {
            let database = Database::connect(self.database_url()).await.unwrap();
            database.execute_unprepared(statements).await.unwrap();
        });
    }

    /// The rows of a query in this run's database.
    pub(crate) fn rows(&self, query: &str) -> Vec<QueryResult> {
        block_on(async {
            let database = Database::connect(self.database_url()).await.unwrap();
            database.query_all_raw(Statement::from_string(DbBackend::Postgres, query)).await.unwrap()
        })
    }

    /// Statistics for the planner and pages marked as visible to all, as autovacuum leaves them in a database that is used. As
    /// long as somebody has an older snapshot, such as autovacuum itself, pages stay unmarked; then once more.
    pub(crate) fn analyze(&self) {
        let unmarked = "SELECT 1 FROM pg_class WHERE relkind = 'r' AND relallvisible < 0.9 * relpages \
                        AND relname IN ('appointment', 'notification', 'user')";
        for _ in 0..100 {
            self.execute("VACUUM ANALYZE");
            if self.rows(unmarked).is_empty() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        panic!("VACUUM does not come to its end");
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.administer(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        if let Some(state) = &self.started {
            let stopped = program("tests/services.sh").arg("down").env("TEST_SERVICES_STATE", state).status();
            assert!(stopped.is_ok_and(|status| status.success()), "tests/services.sh down failed");
        }
    }
}

fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(in_the_project(""));
    command
}

/// A file of these sources.
pub(crate) fn in_the_project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a future to its end on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}
