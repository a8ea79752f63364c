//! What sealing waits for, what it costs, and what is told when it is held up.

use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, DatabaseConnection, TransactionTrait};
use telemedicine::features::audit::Sealer;

use super::seals::{add, entry, findings, seals};
use crate::support::*;

/// A way into the database of its own.
async fn connection(app: &TestApp) -> DatabaseConnection {
    Database::connect(app.state.settings.database.url.expose()).await.unwrap()
}

/// Years of seals and entries, all of it sealed: `seals` in each of ten chains.
async fn leave_years_of_seals(app: &TestApp, seals: i64) {
    for number in 0..10 {
        hospital_admin(&hospital().named(&format!("Clinic {number}")).create(app).await).create(app).await;
    }
    for statement in [
        // What autovacuum looks at is counted as well, and it comes when it likes.
        "ALTER TABLE audit_entry SET (autovacuum_enabled = false)",
        "ALTER TABLE audit_seal SET (autovacuum_enabled = false)",
        "ALTER TABLE audit_chain_head SET (autovacuum_enabled = false)",
        "INSERT INTO audit_entry (at, actor_id, actor_name, actor_role, hospital_id, action, subject_kind, subject_id, detail)
         SELECT now(), person.id, 'A', person.role, person.hospital_id, 'opened', 'patient', n, '{}'
         FROM generate_series(1, 5000) AS n, \"user\" AS person WHERE person.hospital_id IS NOT NULL",
        "ALTER TABLE audit_seal DISABLE TRIGGER USER",
        &format!(
            "INSERT INTO audit_seal (hospital_id, sequence, first_entry_id, last_entry_id, entry_count, members, digest, sealed_at)
             SELECT hospital.id, n, n, n, 1, '\\x00'::bytea, '\\x00'::bytea, now() FROM hospital, generate_series(1, {seals} - 1) AS n
             UNION ALL SELECT hospital_id, {seals}, min(id), max(id), 1, '\\x00'::bytea, '\\x00'::bytea, now() FROM audit_entry
             WHERE hospital_id IS NOT NULL GROUP BY hospital_id"
        ),
        "ALTER TABLE audit_seal ENABLE TRIGGER USER",
        "INSERT INTO audit_chain_head (chain, sequence, last_entry_id, digest)
         SELECT hospital_id, max(sequence), max(last_entry_id), '\\x00'::bytea FROM audit_seal GROUP BY hospital_id",
    ] {
        // On the connection of the server: what others have looked at is reported when they like.
        app.state.db.bare().execute_unprepared(statement).await.unwrap();
    }
    leave_all_marked(app).await;
}

/// Rows that a snapshot somewhere may not see yet keep their page from being marked as visible to all, and each look at the index then looks at the
/// page too: so until nearly all are.
async fn leave_all_marked(app: &TestApp) {
    let unmarked = "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relallvisible < 0.99 * relpages
                    AND relname IN ('audit_entry', 'audit_seal', 'audit_chain_head')";
    for _ in 0..100 {
        app.state
            .db
            .bare()
            .execute_unprepared("VACUUM ANALYZE audit_entry, audit_seal, audit_chain_head")
            .await
            .unwrap();
        let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, unmarked);
        let left: i64 = app.db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
        if left == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("VACUUM does not come to its end");
}

/// How many pages of the trail, of its seals and of their indexes were looked at so far. The server has one connection, which is
/// asked to report at once what it did.
async fn looked_at(app: &TestApp) -> i64 {
    let server = app.state.db.bare();
    server.execute_unprepared("SELECT pg_stat_force_next_flush()").await.unwrap();
    let sum =
        "SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::bigint FROM pg_statio_user_tables
               WHERE relname IN ('audit_entry', 'audit_seal', 'audit_chain_head')";
    let statement = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, sum);
    app.db.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap()
}

/// Looking what there is to seal costs as much after years as on the first day, also where most hospitals have nothing new.
#[tokio::test]
async fn a_round_costs_the_same_after_years_of_seals() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start_with(&[("DB_MAX_CONNECTIONS", "1")]).await;
    leave_years_of_seals(&app, 10_000).await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let sealer = Sealer::new(&app.state);
    for (turn, most) in [("the first look", 200), ("the first round that seals", 400), ("one with nothing new", 60)] {
        let before = looked_at(&app).await;
        let sealed = sealer.round().await.unwrap();
        let looked = looked_at(&app).await - before;
        assert!(looked > 0 && looked < most, "{turn} looked at {looked} pages and sealed {sealed}");
    }
    add(&app, &admin, 1).await;
    let before = looked_at(&app).await;
    assert_eq!(sealer.round().await.unwrap() + sealer.round().await.unwrap(), 1);
    let looked = looked_at(&app).await - before;
    assert!(looked < 200, "sealing one entry looked at {looked} pages");
}

/// A transaction that is open somewhere and does not write to the trail holds nothing up: not in another database of the server,
/// nor in this one.
#[tokio::test]
async fn sealing_does_not_wait_for_strangers() {
    if !uses_postgres() {
        return;
    }
    let (app, elsewhere) = (TestApp::start().await, TestApp::start().await);
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let mut open = Vec::new();
    for stranger in [&app, &elsewhere] {
        let transaction = connection(stranger).await.begin().await.unwrap();
        transaction.execute_unprepared("UPDATE hospital SET updated_at = now()").await.unwrap();
        transaction.execute_unprepared("SELECT txid_current()").await.unwrap();
        open.push(transaction);
    }
    let theirs = connection(&elsewhere).await.begin().await.unwrap();
    let person = hospital_admin(&hospital().create(&elsewhere).await).create(&elsewhere).await;
    entry(&person, 1, &elsewhere).insert(&theirs).await.unwrap();
    let sealer = Sealer::new(&app.state);
    add(&app, &admin, 1).await;
    assert_eq!(sealer.round().await.unwrap(), 0);
    assert_eq!(sealer.round().await.unwrap(), 1, "nobody is writing to this trail");
    for transaction in open.into_iter().chain([theirs]) {
        transaction.rollback().await.unwrap();
    }
    assert_eq!(findings(&app).await, Vec::<String>::new());
}

/// What is held up is told, with its age.
#[tokio::test]
async fn a_trail_that_is_not_sealed_for_long_is_told() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let sealer = Sealer::new(&app.state);
    sealer.round().await.unwrap();
    sealer.round().await.unwrap();
    add(&app, &admin, 1).await;
    app.clock.advance(chrono::TimeDelta::minutes(20));
    sealer.round().await.unwrap();
    assert_eq!(app.state.background.condition(), "late: audit_sealing");
    seals(&sealer, 1).await;
    assert_eq!(app.state.background.condition(), "ok");
}

/// Also by a process that has sealed nothing yet: whatever holds sealing up may have been there before it.
#[tokio::test]
async fn a_trail_that_was_not_sealed_before_the_start_is_told_at_once() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let chief = super_admin().create(&app).await;
    for person in [&admin, &chief] {
        add(&app, person, 1).await;
        app.clock.advance(chrono::TimeDelta::minutes(20));
        let sealer = Sealer::new(&app.state);
        assert_eq!(sealer.round().await.unwrap(), 0);
        assert_eq!(app.state.background.condition(), "late: audit_sealing");
        seals(&sealer, 1).await;
        assert_eq!(app.state.background.condition(), "ok");
    }
    // What is sealed waits for nothing.
    assert_eq!(Sealer::new(&app.state).round().await.unwrap(), 0);
    assert_eq!(app.state.background.condition(), "ok");
}

/// An entry whose transaction is still open has its id already, below others that are there.
#[tokio::test]
async fn an_entry_that_is_committed_late_is_sealed_in_its_place() {
    let app = TestApp::start().await;
    let admin = hospital_admin(&hospital().create(&app).await).create(&app).await;
    let sealer = Sealer::new(&app.state);
    if uses_postgres() {
        let (go_on, waits) = tokio::sync::oneshot::channel::<()>();
        let waits = std::sync::Mutex::new(Some(waits));
        let (told, hears) = tokio::sync::oneshot::channel::<()>();
        let told = std::sync::Mutex::new(Some(told));
        let late = app.state.db.write(async |uow| {
            let recorded = uow.record(entry(&admin, 1, &app)).await?;
            told.lock().unwrap().take().unwrap().send(()).unwrap();
            let waits = waits.lock().unwrap().take().unwrap();
            waits.await.unwrap();
            Ok::<_, sea_orm::DbErr>(recorded)
        });
        let meanwhile = async {
            hears.await.unwrap();
            add(&app, &admin, 2).await;
            for _ in 0..3 {
                assert_eq!(sealer.round().await.unwrap(), 0, "an entry before it may still come");
            }
            go_on.send(()).unwrap();
        };
        let (written, ()) = tokio::join!(late, meanwhile);
        written.unwrap();
    } else {
        add(&app, &admin, 1).await;
        add(&app, &admin, 2).await;
        assert_eq!(sealer.round().await.unwrap(), 0);
    }
    seals(&sealer, 2).await;
    assert_eq!(findings(&app).await, Vec::<String>::new());
}
