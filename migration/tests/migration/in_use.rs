//! Changes are made to a database that is in use, and the clinic goes on meanwhile. Postgres only: on SQLite writers take turns.

use migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement, TransactionTrait};

use crate::support::{connect, on_each, schema};

/// How many changes from the last one back to the one of this name, included.
async fn back_to(db: &DatabaseConnection, name: &str) -> u32 {
    let all = migration::status(db).await.unwrap();
    let at = all.iter().position(|(change, _)| change == name).unwrap();
    u32::try_from(all.len() - at).unwrap()
}

async fn found(db: &DatabaseConnection, sql: &str) -> Option<bool> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
    row.and_then(|row| row.try_get_by_index(0).ok())
}

/// A change that alters a table waits for whoever uses it, and nobody waits behind the change for longer than it may wait.
#[tokio::test]
async fn whoever_reads_a_table_does_not_wait_behind_a_change_that_waits() {
    on_each(async |url| {
        let db = connect(url).await;
        if db.get_database_backend() != DbBackend::Postgres {
            return;
        }
        migration::up(&db).await.unwrap();
        let whole = schema(&db).await;
        let steps = back_to(&db, "m0024_booking_token").await;
        migration::down(&db, steps).await.unwrap();
        let (holder, reader) = (connect(url).await, connect(url).await);
        let long = holder.begin().await.unwrap();
        long.execute_unprepared("SELECT 1 FROM appointment LIMIT 1").await.unwrap();
        let change = migration::up(&db);
        let meanwhile = async {
            let waits = "SELECT true FROM pg_locks WHERE NOT granted AND relation = 'appointment'::regclass
                         AND mode = 'AccessExclusiveLock'";
            while found(&reader, waits).await.is_none() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            // The long transaction does not end before this has read: behind a change that keeps its place it would fail.
            let read = "BEGIN; SET LOCAL lock_timeout = '30s'; SELECT 1 FROM appointment WHERE id = 1; COMMIT";
            reader.execute_unprepared(read).await.unwrap();
            long.rollback().await.unwrap();
        };
        let (done, ()) = tokio::join!(change, meanwhile);
        assert_eq!(done.unwrap().len(), steps as usize);
        assert_eq!(schema(&db).await, whole);
        for one in [db, holder, reader] {
            one.close().await.unwrap();
        }
    })
    .await;
}

/// Indexes are made while others write, and one that a run has left unfinished is made anew.
#[tokio::test]
async fn an_index_is_made_beside_writers_and_finished_by_the_next_run() {
    on_each(async |url| {
        let db = connect(url).await;
        if db.get_database_backend() != DbBackend::Postgres {
            return;
        }
        migration::up(&db).await.unwrap();
        let whole = schema(&db).await;
        for sql in [
            "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'mail_password_link'::regclass",
            "DROP INDEX notification_read",
            "DELETE FROM seaql_migrations WHERE version = 'm0049_sweep_indexes'",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        let planned = migration::plan(&db).await.unwrap();
        let nobody_waits = |note: &String| note.starts_with("mail (0 rows") && note.ends_with("nobody waits");
        assert!(planned.iter().all(|change| change.notes.iter().any(nobody_waits)), "{planned:?}");
        // An open transaction that has written to the table: a plain CREATE INDEX waits for its end.
        let writer = connect(url).await;
        let open = writer.begin().await.unwrap();
        open.execute_unprepared("LOCK TABLE notification IN ROW EXCLUSIVE MODE").await.unwrap();
        let made = migration::up(&db);
        let meanwhile = async {
            let is_there = "SELECT true FROM pg_index WHERE indexrelid = to_regclass('notification_read')";
            let write = connect(url).await;
            while found(&write, is_there).await.is_none() {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            // It is being built, and others go on writing.
            let insert = "BEGIN; SET LOCAL lock_timeout = '30s'; LOCK TABLE notification IN ROW EXCLUSIVE MODE; COMMIT";
            write.execute_unprepared(insert).await.unwrap();
            write.close().await.unwrap();
            open.rollback().await.unwrap();
        };
        let (made, ()) = tokio::join!(made, meanwhile);
        assert_eq!(made.unwrap(), ["m0049_sweep_indexes"]);
        assert_eq!(found(&db, "SELECT bool_and(indisvalid) FROM pg_index").await, Some(true));
        assert_eq!(schema(&db).await, whole);
        db.close().await.unwrap();
        writer.close().await.unwrap();
    })
    .await;
}

/// No change takes away what the release before still uses, unless it is one of those that are known to.
#[tokio::test]
async fn no_change_breaks_servers_that_are_running() {
    on_each(async |url| {
        let db = connect(url).await;
        for change in migration::plan(&db).await.unwrap() {
            let breaks = change.notes.iter().any(|note| note.starts_with("NOT while"));
            assert!(!breaks, "{}: {:?}", change.name, change.notes);
        }
        db.close().await.unwrap();
    })
    .await;
}

/// Tables that grow with each visit.
const GROWING: [&str; 23] = [
    "appointment",
    "appointment_event",
    "attachment",
    "attachment_data",
    "audit_entry",
    "call",
    "call_peer",
    "call_signal",
    "device_check",
    "document",
    "mail",
    "message",
    "message_read",
    "note",
    "note_addendum",
    "note_revision",
    "notification",
    "patient",
    "user",
    "user_session",
    "visit",
    "visit_guest",
    "visit_presence",
];

/// No change since those of the first release reads a table that grows with each visit while it keeps everybody out of it.
#[tokio::test]
async fn no_change_reads_what_grows_while_everybody_waits() {
    on_each(async |url| {
        let db = connect(url).await;
        let planned = migration::plan(&db).await.unwrap();
        migration::up(&db).await.unwrap();
        for table in GROWING {
            let looks = format!("SELECT 1 FROM \"{table}\" LIMIT 1");
            assert!(db.execute_unprepared(&looks).await.is_ok(), "{table} is no table");
        }
        for change in planned.iter().filter(|change| change.name.as_str() >= "m0036") {
            for table in GROWING {
                let note = format!("each row of {table} is read under its lock");
                assert!(!change.notes.contains(&note), "{}: {:?}", change.name, change.notes);
            }
        }
        db.close().await.unwrap();
    })
    .await;
}
