//! What only SQLite needs: one writer at a time, without anyone seeing a busy file.

use std::time::{Duration, Instant};

use entity::hospital;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, Statement};
use telemedicine::db::Database;
use tokio::task::{JoinSet, LocalSet};

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named, open};

#[tokio::test]
async fn sixteen_writers_and_readers_never_see_a_busy_file() {
    LocalSet::new().run_until(write_and_read()).await;
}

async fn write_and_read() {
    let test = TestDatabase::sqlite().await;
    // A second pool stands for a command that runs beside the server.
    let command = open(&test.url, &[]).await;
    let mut tasks = JoinSet::new();
    for writer in 0..16 {
        let db = if writer % 4 == 0 { command.clone() } else { test.db.clone() };
        tasks.spawn_local(async move {
            for turn in 0..25 {
                store_alone(&db, &format!("{writer}-{turn}")).await?;
                db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().count(conn).await).await?;
            }
            Ok::<(), DbErr>(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap().expect("a busy file");
    }
    let stored = test.db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().count(conn).await).await;
    assert_eq!(stored, Ok(16 * 25));
}

/// Reads first, then writes: the order that fails when a transaction has to upgrade its lock.
async fn store_alone(db: &Database, name: &str) -> Result<(), DbErr> {
    let name = name.to_owned();
    db.write_unrecorded(NO_ACT, async |unit| {
        let before = unit.read(async |conn| hospital::Entity::find().count(conn).await).await?;
        unit.insert(hospital_named(name.clone()), NO_PAGE).await?;
        let after = unit.read(async |conn| hospital::Entity::find().count(conn).await).await?;
        assert_eq!(before + 1, after, "nobody else writes meanwhile");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_write_within_a_write_fails_instead_of_waiting_for_ever() {
    let test = TestDatabase::sqlite().await;
    let db = open(&test.url, &[("DB_ACQUIRE_TIMEOUT", "1"), ("DB_STATEMENT_TIMEOUT", "1")]).await;
    let start = Instant::now();
    let result: Result<(), DbErr> = db
        .write_unrecorded(NO_ACT, async |outer| {
            outer.insert(hospital_named("Bir"), NO_PAGE).await?;
            db.write_unrecorded(NO_ACT, async |inner| inner.insert(hospital_named("Patan"), NO_PAGE).await.map(|_| ()))
                .await
        })
        .await;
    assert!(matches!(result, Err(DbErr::ConnectionAcquire(_))), "{result:?}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_unit_that_is_dropped_half_way_is_rolled_back_and_frees_the_file() {
    let test = TestDatabase::sqlite().await;
    let abandoned: Result<Result<(), DbErr>, _> = tokio::time::timeout(
        Duration::from_millis(200),
        test.db.write_unrecorded(NO_ACT, async |unit| {
            unit.insert(hospital_named("Bir"), NO_PAGE).await?;
            std::future::pending::<()>().await;
            Ok(())
        }),
    )
    .await;
    assert!(abandoned.is_err());
    let raise = hospital::Entity::update_many().col_expr(hospital::Column::Active, Expr::value(false));
    assert_eq!(
        test.db.write_unrecorded(NO_ACT, async |unit| unit.update_where(raise.clone(), NO_PAGE).await).await,
        Ok(0)
    );
}

#[tokio::test]
async fn the_file_is_opened_as_a_clinic_needs_it() {
    let test = TestDatabase::sqlite().await;
    for (pragma, value) in
        [("foreign_keys", "1"), ("journal_mode", "wal"), ("synchronous", "1"), ("busy_timeout", "5000")]
    {
        // Pragmas have table-valued functions; their one column is named like the pragma, except for `timeout`.
        let sql =
            format!("SELECT CAST(p.{} AS TEXT) AS value FROM pragma_{pragma} p", pragma.trim_start_matches("busy_"));
        let statement = Statement::from_string(test.db.backend(), sql);
        let row = test
            .db
            .reader()
            .run(NO_PAGE, async |conn| conn.query_one_raw(statement.clone()).await)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.try_get::<String>("", "value").as_deref(), Ok(value), "{pragma}");
    }
}
