//! Every statement is counted, once, and nothing else is.

use std::time::Duration;

use entity::{hospital, user};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Schema, Statement};
use telemedicine::db::{Database, accounting};
use telemedicine::metrics;

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named};

#[tokio::test]
async fn on_sqlite() {
    everything_is_counted(&TestDatabase::sqlite().await.db).await;
}

#[tokio::test]
async fn on_postgres() {
    if let Some(test) = TestDatabase::postgres().await {
        everything_is_counted(&test.db).await;
    }
}

async fn everything_is_counted(db: &Database) {
    units_of_work(db).await;
    the_entity_loader(db).await;
    raw_statements(db).await;
}

async fn units_of_work(db: &Database) {
    let work = db.write_unrecorded(NO_ACT, async |unit| {
        unit.insert_many([hospital_named("A"), hospital_named("B")], NO_PAGE).await?;
        unit.read(async |conn| hospital::Entity::find().all(conn).await).await?;
        unit.delete_where(hospital::Entity::delete_many(), NO_PAGE).await
    });
    let (removed, tally) = accounting::scope(work).await;
    assert_eq!((removed, tally.count), (Ok::<_, DbErr>(2), 3));
    let insert = db.write_unrecorded(NO_ACT, async |unit| unit.insert(hospital_named("Bir"), NO_PAGE).await);
    let (row, tally) = accounting::scope(insert).await;
    row.unwrap();
    assert_eq!(tally.count, 1, "BEGIN, COMMIT and the bookkeeping do not count");
}

async fn the_entity_loader(db: &Database) {
    let people = Schema::new(db.backend()).create_table_from_entity(user::Entity);
    db.bare().execute(&people).await.unwrap();
    let reader = db.reader();
    let load = reader.run(NO_PAGE, async |conn| hospital::Entity::load().with(user::Entity).all(conn).await);
    let (rows, tally) = accounting::scope_with_statements(load).await;
    assert_eq!(rows.unwrap().len(), 1);
    assert_eq!(tally.count, 2, "its second statement counts: {:?}", tally.statements);
}

async fn raw_statements(db: &Database) {
    let secret = "a value that belongs in no log";
    let sql = "SELECT name FROM hospital WHERE name = $1";
    let raw = Statement::from_sql_and_values(db.backend(), sql, [secret.into()]);
    let reader = db.reader();
    let twice = reader.run(NO_PAGE, async |conn| {
        conn.query_all_raw(raw.clone()).await?;
        conn.query_one_raw(raw.clone()).await
    });
    let (found, tally) = accounting::scope_with_statements(twice).await;
    assert!(found.unwrap().is_none());
    assert_eq!(tally.repeated(), [(sql, 2)]);
    assert!(!format!("{tally:?}").contains(secret));
    assert!(tally.elapsed > Duration::ZERO);
}

#[tokio::test]
async fn a_scope_counts_what_runs_in_it_and_nothing_beside_it() {
    let test = TestDatabase::sqlite().await;
    let read =
        async || test.db.reader().run(NO_PAGE, async |conn| hospital::Entity::find().all(conn).await).await.unwrap();
    read().await;
    assert_eq!(accounting::so_far(), None, "outside of a scope nobody counts");
    let ((_, inner), outer) = accounting::scope(async {
        read().await;
        assert_eq!(accounting::so_far().unwrap().count, 1);
        let (_, inner) = accounting::scope_with_statements(async { futures_util::join!(read(), read()) }).await;
        (read().await, inner)
    })
    .await;
    assert_eq!((inner.count, inner.statements.len()), (2, 2));
    assert_eq!((outer.count, outer.statements.len()), (4, 0), "a scope within a scope is part of it");
}

#[tokio::test]
async fn failures_are_counted_and_shown() {
    let test = TestDatabase::sqlite().await;
    let broken = Statement::from_string(test.db.backend(), "SELECT nothing FROM nowhere");
    let read = test.db.reader();
    let (result, tally) =
        accounting::scope_with_statements(read.run(NO_PAGE, async |conn| conn.query_one_raw(broken.clone()).await))
            .await;
    assert!(result.is_err());
    assert!(tally.statements.iter().all(|statement| statement.failed) && tally.count == 1);
    let text = metrics::render().unwrap();
    assert!(text.contains(r#"telemedicine_db_statements_total{outcome="failed"}"#), "{text}");
    assert!(text.contains("telemedicine_db_statement_seconds_bucket"));
    assert!(text.contains("telemedicine_db_connections "));
}
