//! An empty database for a test, and its schema as text.

use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, process};

use migration::sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;

/// Gives the test the address of an empty database of each kind there is.
pub(crate) async fn on_each(test: impl AsyncFn(&str)) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("clinic.db");
    test(&format!("sqlite://{}?mode=rwc", file.display())).await;
    on_postgres(test).await;
}

/// A database of a test that fails is kept.
async fn on_postgres(test: impl AsyncFn(&str)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(url) = env::var("TEST_DATABASE_URL") else {
        return;
    };
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("migration_test_{}_{number}", process::id());
    let server = connect(&url).await;
    let sql = format!("CREATE DATABASE {name}");
    server.execute_unprepared(&sql).await.unwrap();
    let (before, _) = url.rsplit_once('/').unwrap();
    test(&format!("{before}/{name}")).await;
    let sql = format!("DROP DATABASE {name} WITH (FORCE)");
    server.execute_unprepared(&sql).await.unwrap();
    server.close().await.unwrap();
}

pub(crate) async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(2).sqlx_logging(false);
    Database::connect(options).await.unwrap()
}

/// Everything that the changes make, one line a thing, sorted. The record of changes is left out.
pub(crate) async fn schema(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => POSTGRES,
        _ => SQLITE,
    };
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    let lines = rows.iter().map(|row| row.try_get("", "line").unwrap());
    lines.collect()
}

const SQLITE: &str = "SELECT sql AS line FROM sqlite_master
  WHERE sql IS NOT NULL AND tbl_name NOT LIKE 'seaql%' AND name NOT LIKE 'sqlite%' ORDER BY sql";

const POSTGRES: &str = "SELECT line FROM (
    SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
      || ' ' || coalesce(column_default, '') AS line
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'function ' || prosrc FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
    WHERE pronamespace = 'public'::regnamespace AND lanname = 'plpgsql'
) AS everything WHERE line NOT LIKE '%seaql%' ORDER BY line COLLATE \"C\"";
