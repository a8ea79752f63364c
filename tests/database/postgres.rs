//! What only Postgres does: conflicts between transactions, deadlocks, limits in the server.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use entity::hospital;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement};
use telemedicine::db::{UnitOfWork, health, is_conflict, is_dropped, is_pooler_mismatch};
use tokio::sync::Barrier;

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named, run};

fn sql(text: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, text)
}

const FAILING: &str = "CREATE FUNCTION conflict() RETURNS int LANGUAGE plpgsql AS \
                       $$ BEGIN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END $$";

#[tokio::test]
async fn a_conflict_is_tried_three_times_more() {
    let Some(test) = TestDatabase::postgres().await else {
        return;
    };
    run(&mut test.beside().await, FAILING).await;
    for (conflicts, succeeds) in [(1, true), (3, true), (4, false)] {
        let attempts = AtomicU32::new(0);
        let result = test
            .db
            .write_unrecorded(NO_ACT, async |unit| {
                unit.insert(hospital_named(format!("After {conflicts} conflicts")), NO_PAGE).await?;
                if attempts.fetch_add(1, Ordering::Relaxed) < conflicts {
                    unit.read(async |conn| conn.query_one_raw(sql("SELECT conflict()")).await).await?;
                }
                Ok::<(), DbErr>(())
            })
            .await;
        assert_eq!(result.is_ok(), succeeds, "{conflicts} conflicts: {result:?}");
        assert!(result.is_ok() || result.is_err_and(|error| is_conflict(&error)));
        assert_eq!(attempts.into_inner(), if succeeds { conflicts + 1 } else { 4 });
    }
}

#[tokio::test]
async fn a_deadlock_is_resolved_without_an_error() {
    let Some(test) = TestDatabase::postgres().await else {
        return;
    };
    let rows = [hospital_named("A"), hospital_named("B")];
    test.db.write_unrecorded(NO_ACT, async |unit| unit.insert_many(rows.clone(), NO_PAGE).await).await.unwrap();
    let meeting = Barrier::new(2);
    let touch = async |first: &'static str, second: &'static str| {
        let attempts = AtomicU32::new(0);
        test.db
            .write_unrecorded(NO_ACT, async |unit| {
                lock(unit, first).await?;
                if attempts.fetch_add(1, Ordering::Relaxed) == 0 {
                    meeting.wait().await;
                }
                lock(unit, second).await
            })
            .await
            .map(|_| attempts.into_inner())
    };
    let (one, other) = tokio::join!(touch("A", "B"), touch("B", "A"));
    assert_eq!(one.unwrap() + other.unwrap(), 3, "one of the two was run again");
}

async fn lock(unit: &UnitOfWork, name: &str) -> Result<u64, DbErr> {
    let update = hospital::Entity::update_many()
        .col_expr(hospital::Column::Phone, Expr::value("locked"))
        .filter(hospital::Column::Name.eq(name));
    unit.update_where(update, NO_PAGE).await
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_ended_in_the_server() {
    let limits = [("DB_STATEMENT_TIMEOUT", "1"), ("DB_ACQUIRE_TIMEOUT", "1")];
    let Some(test) = TestDatabase::postgres_with(&limits).await else {
        return;
    };
    let start = Instant::now();
    let write: Result<_, DbErr> = test
        .db
        .write_unrecorded(NO_ACT, async |unit| {
            unit.read(async |conn| conn.query_one_raw(sql("SELECT pg_sleep(20)")).await).await.map(|_| ())
        })
        .await;
    assert!(write.unwrap_err().to_string().contains("statement timeout"));
    assert!(start.elapsed() < Duration::from_secs(3), "{:?}", start.elapsed());
    let read = test.db.reader().run(NO_PAGE, async |conn| conn.query_one_raw(sql("SELECT pg_sleep(20)")).await).await;
    let said = read.unwrap_err().to_string();
    // A pooler may not pass the limit on; then the read is given up on our side.
    assert!(said.contains("statement timeout") || said.contains("did not answer"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_session_is_named_and_carries_no_state_of_its_own() {
    let Some(test) = TestDatabase::postgres_with(&[("DB_STATEMENT_TIMEOUT", "7")]).await else {
        return;
    };
    test.db.write_unrecorded(NO_ACT, async |unit| unit.insert(hospital_named("Bir"), NO_PAGE).await).await.unwrap();
    let changed =
        "SELECT name || ' ' || setting AS value, source FROM pg_settings WHERE source IN ('session', 'client')";
    let rows = test.db.reader().run(NO_PAGE, async |conn| conn.query_all_raw(sql(changed)).await).await.unwrap();
    let found: Vec<(String, String)> =
        rows.iter().map(|row| row.try_get_many("", &["value".to_owned(), "source".to_owned()]).unwrap()).collect();
    let from = |value: &str| found.iter().find(|(found, _)| found == value).map(|(_, source)| source.as_str());
    let named = from("application_name telemedicine-test");
    if named == Some("session") {
        eprintln!("skipped: a pooler sets these for its clients");
        return;
    }
    assert_eq!((named, from("statement_timeout 7000")), (Some("client"), Some("client")));
    assert!(found.iter().all(|(_, source)| source == "client"), "set within the session: {found:?}");
}

/// SQLSTATE, what the server says with it, and what that means: dropped, conflict, pooler.
const MEANINGS: [(&str, &str, [bool; 3]); 19] = [
    ("57P01", "terminating connection due to administrator command", DROPPED),
    ("57P02", "crash of another server process", DROPPED),
    ("57P03", "the database system is starting up", DROPPED),
    ("57P05", "terminating connection due to idle-session timeout", DROPPED),
    ("25P03", "terminating connection due to idle-in-transaction timeout", DROPPED),
    ("08000", "connection exception", DROPPED),
    ("08003", "connection does not exist", DROPPED),
    ("08006", "connection failure", DROPPED),
    ("08P01", "server conn crashed?", DROPPED),
    ("40001", "could not serialize access", CONFLICT),
    ("40P01", "deadlock detected", CONFLICT),
    ("26000", "prepared statement \"sqlx_s_1\" does not exist", POOLER),
    ("42P05", "prepared statement \"sqlx_s_1\" already exists", POOLER),
    ("08P01", "bind message supplies 1 parameters, but prepared statement \"sqlx_s_1\" requires 2", POOLER),
    ("57014", "canceling statement due to statement timeout", NOTHING),
    ("53300", "too many connections", NOTHING),
    ("23505", "duplicate key value", NOTHING),
    ("42601", "syntax error", NOTHING),
    ("22012", "division by zero", NOTHING),
];
const DROPPED: [bool; 3] = [true, false, false];
const CONFLICT: [bool; 3] = [false, true, false];
const POOLER: [bool; 3] = [false, false, true];
const NOTHING: [bool; 3] = [false, false, false];

#[tokio::test]
async fn errors_are_told_apart() {
    let Some(test) = TestDatabase::postgres().await else {
        return;
    };
    let raising = "CREATE FUNCTION fail(code text, says text) RETURNS int LANGUAGE plpgsql AS \
                   $$ BEGIN RAISE EXCEPTION USING ERRCODE = code, MESSAGE = says; END $$";
    run(&mut test.beside().await, raising).await;
    for (code, says, means) in MEANINGS {
        let fail =
            Statement::from_sql_and_values(DbBackend::Postgres, "SELECT fail($1, $2)", [code.into(), says.into()]);
        let error = test.db.bare().query_one_raw(fail).await.unwrap_err();
        assert_eq!([is_dropped(&error), is_conflict(&error), is_pooler_mismatch(&error)], means, "{code} {says}");
    }
}

#[tokio::test]
async fn a_pooler_that_loses_statements_is_named_by_readiness() {
    let Some(test) = TestDatabase::postgres().await else {
        return;
    };
    let missing = "CREATE FUNCTION missing() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'gone' USING ERRCODE = '26000'; END $$";
    run(&mut test.beside().await, missing).await;
    let patience = Duration::from_secs(2);
    health::check(&test.db, patience).await.unwrap();
    test.db.reader().run(NO_PAGE, async |conn| conn.query_one_raw(sql("SELECT missing()")).await).await.unwrap_err();
    let said = health::check(&test.db, patience).await.unwrap_err().to_string();
    assert!(said.contains("max_prepared_statements") && said.contains("pool_mode = session"), "{said}");
}
