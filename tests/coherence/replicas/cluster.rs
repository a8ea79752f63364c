//! A primary with the clinic's schema, a standby that follows it, and a server that uses both.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::sqlx::{self, AssertSqlSafe, PgConnection};
use telemedicine::db::ReplicaReport;

use super::pair::{Server, address, programs, until};
use crate::support::*;
use crate::walk::masked;

/// The servers live as long as the value.
pub(crate) struct Cluster {
    pub(crate) primary: Server,
    pub(crate) standby: Server,
    pub(crate) programs: PathBuf,
    folder: tempfile::TempDir,
}

impl Cluster {
    /// `None` where the tests run on SQLite, or the programs of Postgres are not there.
    pub(crate) async fn start() -> Option<Self> {
        if !uses_postgres() {
            return None;
        }
        let programs = programs()?;
        let folder = tempfile::tempdir().unwrap();
        let primary = Server::primary(&programs, &open_to_all(folder.path()));
        let connection = sea_orm::Database::connect(address(primary.port)).await.unwrap();
        migration::up(&connection).await.unwrap();
        connection.close().await.unwrap();
        let standby = primary.standby(&programs, folder.path());
        Some(Self { primary, standby, programs, folder })
    }

    /// One more copy that follows the primary.
    pub(crate) fn another_standby(&self) -> Server {
        let folder = self.folder.path().join("another");
        std::fs::create_dir(&folder).unwrap();
        self.primary.standby(&self.programs, &open_to_all(&folder))
    }

    /// A server on the primary, with the standby for a replica. Every page that comes from its cache is rendered from the primary and
    /// compared.
    pub(crate) async fn app(&self, settings: &[(&str, &str)]) -> TestApp {
        let own = self.settings();
        let own = own.iter().map(|(name, value)| (*name, value.as_str()));
        TestApp::start_with(&own.chain(settings.iter().copied()).collect::<Vec<_>>()).await
    }

    /// What a server has to be told.
    pub(crate) fn settings(&self) -> Vec<(&'static str, String)> {
        let (primary, standby) = (address(self.primary.port), address(self.standby.port));
        vec![("DATABASE_URL", primary), ("DATABASE_REPLICA_URLS", standby)]
    }

    /// The superuser at the standby.
    pub(crate) async fn at_standby(&self) -> PgConnection {
        self.standby.connect().await
    }
}

/// The user of the servers makes folders in it.
fn open_to_all(folder: &Path) -> PathBuf {
    #[cfg(unix)]
    std::fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    folder.to_owned()
}

/// Runs a statement that answers nothing of interest.
pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// From now on the standby shows what it shows.
pub(crate) async fn pause(standby: &mut PgConnection) {
    run(standby, "SELECT pg_wal_replay_pause()").await;
    until("replay is paused", async || {
        let state = "SELECT pg_get_wal_replay_pause_state()";
        sqlx::query_scalar::<_, String>(state).fetch_one(&mut *standby).await.unwrap() == "paused"
    })
    .await;
}

/// It goes on.
pub(crate) async fn resume(standby: &mut PgConnection) {
    run(standby, "SELECT pg_wal_replay_resume()").await;
}

/// Shows what it shows for a while, and goes on, again and again.
pub(crate) async fn fall_behind_now_and_then(mut standby: PgConnection) {
    loop {
        for act in ["pause", "resume"] {
            run(&mut standby, &format!("SELECT pg_wal_replay_{act}()")).await;
            let time = rand::random_range(Duration::from_millis(20)..Duration::from_millis(1_500));
            tokio::time::sleep(time).await;
        }
    }
}

/// The server's only replica, as it sees it.
pub(crate) fn replica(app: &TestApp) -> ReplicaReport {
    app.state.db.replica_reports().remove(0)
}

/// How many reads the standby has answered.
pub(crate) fn reads(app: &TestApp) -> u64 {
    replica(app).reads
}

/// Gets `path` twice. The second time it comes from the cache, and is compared with what the primary has. What it is told by when it changes may be
/// another meanwhile: a page that is made while Redis is not asked has no stamps.
pub(crate) async fn right(client: &Client, path: &str) -> Page {
    let page = client.get(path).await.ok();
    let again = client.get(path).await.ok();
    assert_eq!(masked(&page.body), masked(&again.body), "{}", page.asked);
    page
}

/// Gets pages at `path` that nobody has asked for yet, until the standby has answered a read.
pub(crate) async fn until_from_standby(app: &TestApp, (client, path): (&Client, &str)) {
    let before = reads(app);
    until("the standby answers a read", async || {
        right(client, &unseen(path)).await;
        reads(app) > before
    })
    .await;
}

/// A page at `path` that nobody has asked for yet; it shows what the others there depend on.
pub(crate) fn unseen(path: &str) -> String {
    format!("{path}?q=x{:016x}", rand::random::<u64>())
}
