//! A database per test, with one table.

use std::collections::BTreeMap;
use std::str::FromStr;

use entity::hospital;
use sea_orm::sqlx::postgres::PgConnectOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection, PgConnection};
use sea_orm::{ActiveValue::Set, ConnectionTrait, Schema};
use telemedicine::coherence::Topics;
use telemedicine::db::{Database, Unrecorded};
use telemedicine::settings::Settings;

/// These rows are shown by no page.
pub(crate) const NO_PAGE: Topics = Topics::exempt("a test of the database alone");
/// Nobody has done what is written here.
pub(crate) const NO_ACT: Unrecorded = Unrecorded::of_everything("a test of the database alone");

/// A database of its own. Dropped with the value.
pub(crate) struct TestDatabase {
    pub(crate) db: Database,
    pub(crate) url: String,
    _file: Option<tempfile::TempDir>,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            let url = self.url.clone();
            // A destructor cannot wait, and the runtime may be on its way down.
            let dropping = std::thread::spawn(move || remove(&url));
            dropping.join().unwrap();
        }
    }
}

fn remove(url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let name = url::Url::parse(url).unwrap().path().trim_start_matches('/').to_owned();
        let server = std::env::var("TEST_DATABASE_URL").unwrap();
        let mut admin = connect(&server).await;
        run(&mut admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    });
}

/// Settings as the environment would give them.
pub(crate) fn settings(variables: &[(&str, &str)]) -> Settings {
    let variables: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings::from_vars(&variables).unwrap()
}

impl TestDatabase {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}/data/clinic.db", folder.path().display());
        let db = open(&url, &[]).await;
        create_table(&db).await;
        Self { db, url, _file: Some(folder) }
    }

    /// `None` where there is no Postgres to test on.
    pub(crate) async fn postgres() -> Option<Self> {
        Self::postgres_with(&[]).await
    }

    pub(crate) async fn postgres_with(variables: &[(&str, &str)]) -> Option<Self> {
        let url = empty_postgres().await?;
        let db = open(&url, variables).await;
        create_table(&db).await;
        Some(Self { db, url, _file: None })
    }

    /// A connection of the test's own, beside the pool.
    pub(crate) async fn beside(&self) -> PgConnection {
        connect(&self.url).await
    }
}

/// The address of a fresh database on the server, or `None` where there is no server.
async fn empty_postgres() -> Option<String> {
    let Ok(server) = std::env::var("TEST_DATABASE_URL") else {
        eprintln!("skipped: TEST_DATABASE_URL is not set");
        return None;
    };
    let mut url = url::Url::parse(&server).unwrap();
    let name = format!("test_db_{:016x}", rand::random::<u64>());
    let mut admin = connect(&server).await;
    run(&mut admin, &format!("CREATE DATABASE {name}")).await;
    url.set_path(&name);
    Some(url.into())
}

/// A connection that a pooler accepts as well.
pub(crate) async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).unwrap().extra_float_digits(None);
    PgConnection::connect_with(&options).await.unwrap()
}

pub(crate) async fn open(url: &str, variables: &[(&str, &str)]) -> Database {
    let mut all = vec![("DATABASE_URL", url)];
    all.extend_from_slice(variables);
    Database::connect(&settings(&all).database, "telemedicine-test").await.unwrap()
}

pub(crate) async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
}

/// Ends every session of the database but the caller's; returns how many.
pub(crate) async fn terminate_all(connection: &mut PgConnection) -> i64 {
    let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name = 'telemedicine-test'";
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

async fn create_table(db: &Database) {
    let table = Schema::new(db.backend()).create_table_from_entity(hospital::Entity);
    db.bare().execute(&table).await.unwrap();
}

pub(crate) fn hospital_named(name: impl Into<String>) -> hospital::ActiveModel {
    let now = sea_orm::prelude::DateTimeUtc::UNIX_EPOCH;
    hospital::ActiveModel {
        name: Set(name.into()),
        address: Set("Ring Road 1".to_owned()),
        phone: Set("+977 1 000000".to_owned()),
        email: Set("desk@hospital.test".to_owned()),
        time_zone: Set("Asia/Kathmandu".to_owned()),
        currency: Set("NPR".to_owned()),
        appointment_fee: Set(1000.into()),
        slot_minutes: Set(30),
        booking_lead_hours: Set(24),
        second_factor: Set(entity::enums::SecondFactorRule::Optional),
        default_modality: Set(entity::enums::Modality::Video),
        message_days: Set(14),
        active: Set(true),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    }
}
