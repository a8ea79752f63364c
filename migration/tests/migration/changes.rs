//! The changes can be taken back and made again, and two at once do not collide.

use migration::State;
use migration::sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use crate::support::{connect, on_each, schema};

#[tokio::test]
async fn every_change_is_reversible() {
    on_each(async |url| {
        let db = connect(url).await;
        let all = migration::up(&db).await.unwrap();
        let whole = schema(&db).await;
        let mut stages = vec![whole.clone()];
        for name in all.iter().rev() {
            let taken_back = migration::down(&db, 1).await.unwrap();
            assert_eq!(taken_back, [name.as_str()]);
            stages.push(schema(&db).await);
        }
        assert_eq!(stages.last(), Some(&Vec::new()));
        for (steps, stage) in (1..).zip(stages.iter().skip(1)) {
            migration::up(&db).await.unwrap();
            assert_eq!(schema(&db).await, whole);
            migration::down(&db, steps).await.unwrap();
            assert_eq!(&schema(&db).await, stage);
        }
        db.close().await.unwrap();
    })
    .await;
}

fn mail(id: i64, kind: &str, (columns, values): (&str, &str)) -> String {
    format!(
        "INSERT INTO mail (id, recipient_id, kind, status, due_at, attempts, finished_at{columns})
         VALUES ({id}, 1, '{kind}', 'sent', '2026-03-02T09:00:00+00:00', 1, '2026-03-02T09:00:00+00:00'{values})"
    )
}

/// SQLite makes the table anew where Postgres changes it.
#[tokio::test]
async fn what_is_in_the_outbox_stays_when_it_gets_other_kinds() {
    on_each(async |url| {
        let db = connect(url).await;
        let all = migration::up(&db).await.unwrap();
        let since = all.iter().position(|name| name == "m0051_account_mail").unwrap();
        let steps = u32::try_from(all.len() - since).unwrap();
        migration::down(&db, steps).await.unwrap();
        let link = (", password_link_id", ", 1");
        for sql in [
            "INSERT INTO \"user\" (id, email, password_hash, role, first_name, last_name)
             VALUES (1, 'a@b', 'x', 'super_admin', 'A', 'B')"
                .to_owned(),
            "INSERT INTO password_link (id, user_id, purpose, created_at, expires_at)
             VALUES (1, 1, 'reset', '2026-03-02T09:00:00+00:00', '2026-03-02T09:30:00+00:00')"
                .to_owned(),
            mail(7, "password_link", link),
            mail(9, "password_link", link),
            "DELETE FROM mail WHERE id = 9".to_owned(),
        ] {
            db.execute_unprepared(&sql).await.unwrap();
        }
        migration::up(&db).await.unwrap();
        let security = mail(11, "security", (", security_event", ", 'new_device'"));
        db.execute_unprepared(&security).await.unwrap();
        assert_eq!(mails(&db).await, ["7 password_link", "11 security"]);
        let without = mail(12, "security", ("", ""));
        db.execute_unprepared(&without).await.unwrap_err();
        // What the release before does not know goes away with its kind.
        migration::down(&db, steps).await.unwrap();
        assert_eq!(mails(&db).await, ["7 password_link"]);
        if db.get_database_backend() == DbBackend::Sqlite {
            let next = mail(0, "password_link", link).replace("(id, ", "(").replace("(0, ", "(");
            db.execute_unprepared(&next).await.unwrap();
            assert_eq!(mails(&db).await, ["7 password_link", "12 password_link"], "no number is given out twice");
        }
        db.close().await.unwrap();
    })
    .await;
}

/// What tells of something that the release before does not know goes with its word.
#[tokio::test]
async fn what_people_were_told_stays_when_there_are_more_words_for_it() {
    on_each(async |url| {
        let db = connect(url).await;
        let all = migration::up(&db).await.unwrap();
        let since = all.iter().position(|name| name == "m0093_told_words").unwrap();
        let steps = u32::try_from(all.len() - since).unwrap();
        migration::down(&db, steps).await.unwrap();
        let user = "INSERT INTO \"user\" (id, email, password_hash, role, first_name, last_name)
             VALUES (1, 'a@b', 'x', 'super_admin', 'A', 'B')";
        db.execute_unprepared(user).await.unwrap();
        let told = |id: i64, kind: &str| {
            format!(
                "INSERT INTO notification (id, recipient_id, kind, read_at, local_starts_at)
                 VALUES ({id}, 1, '{kind}', '2026-03-02T09:00:00+00:00', '2026-03-02 14:45:00')"
            )
        };
        db.execute_unprepared(&told(7, "patient_arrived")).await.unwrap();
        db.execute_unprepared(&told(8, "note_signed")).await.unwrap_err();
        migration::up(&db).await.unwrap();
        db.execute_unprepared(&told(8, "note_signed")).await.unwrap();
        db.execute_unprepared(&told(9, "note_burned")).await.unwrap_err();
        let lines = async || -> Vec<String> {
            let sql = "SELECT CAST(id AS text) || ' ' || kind || ' ' || CAST(local_starts_at AS text) AS line FROM notification ORDER BY id";
            let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
            rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
        };
        assert_eq!(lines().await, ["7 patient_arrived 2026-03-02 14:45:00", "8 note_signed 2026-03-02 14:45:00"]);
        migration::down(&db, steps).await.unwrap();
        assert_eq!(lines().await, ["7 patient_arrived 2026-03-02 14:45:00"]);
        db.close().await.unwrap();
    })
    .await;
}

async fn mails(db: &DatabaseConnection) -> Vec<String> {
    let sql = "SELECT CAST(id AS text) || ' ' || kind AS line FROM mail ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get("", "line").unwrap()).collect()
}

#[tokio::test]
async fn several_at_once_share_the_work_without_an_error() {
    on_each(async |url| {
        let (one, two, three) = (connect(url).await, connect(url).await, connect(url).await);
        let done = tokio::join!(migration::up(&one), migration::up(&two), migration::up(&three));
        let mut applied = [done.0.unwrap(), done.1.unwrap(), done.2.unwrap()].concat();
        applied.sort();
        let once: Vec<String> = names(&one).await;
        assert_eq!(applied, once);
        let done = tokio::join!(migration::fresh(&one), migration::up(&two));
        assert_eq!(done.0.unwrap(), once);
        assert_eq!(done.1.unwrap(), Vec::<String>::new());
        for db in [one, two, three] {
            db.close().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn looking_changes_nothing() {
    on_each(async |url| {
        let db = connect(url).await;
        let names = names(&db).await;
        assert_eq!(migration::pending(&db).await.unwrap(), names);
        let planned = migration::plan(&db).await.unwrap();
        assert!(planned.iter().map(|change| &change.name).eq(names.iter()));
        assert_eq!(schema(&db).await, Vec::<String>::new());
        assert!(db.execute_unprepared("SELECT * FROM seaql_migrations").await.is_err());
        db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn the_plan_is_what_up_runs() {
    on_each(async |url| {
        let db = connect(url).await;
        for change in migration::plan(&db).await.unwrap() {
            for statement in change.statements {
                db.execute_unprepared(&statement).await.unwrap();
            }
        }
        let planned = schema(&db).await;
        migration::fresh(&db).await.unwrap();
        assert_eq!(schema(&db).await, planned);
        db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_database_that_is_ahead_is_not_an_error_for_a_server() {
    on_each(async |url| {
        let db = connect(url).await;
        migration::up(&db).await.unwrap();
        record(&db, "m9999_of_tomorrow").await;
        assert_eq!(migration::pending(&db).await.unwrap(), Vec::<String>::new());
        let last = migration::status(&db).await.unwrap().pop();
        assert_eq!(last, Some(("m9999_of_tomorrow".to_owned(), State::Unknown)));
        db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn fresh_drops_everything_with_its_rows() {
    on_each(async |url| {
        let db = connect(url).await;
        migration::up(&db).await.unwrap();
        let whole = schema(&db).await;
        for sql in [
            "INSERT INTO hospital (name, address, phone, email) VALUES ('Patan', 'A', '1', 'a@b')",
            "INSERT INTO \"user\" (email, password_hash, role, hospital_id, first_name, last_name)
             VALUES ('a@b', 'x', 'hospital_admin', 1, 'A', 'B')",
            "INSERT INTO audit_entry (at, actor_id, actor_name, actor_role, action, subject_kind, subject_id, detail)
             VALUES ('2026-03-02T09:00:00+00:00', 1, 'A B', 'hospital_admin', 'opened', 'user', 1, '{}')",
            "CREATE TABLE left_behind (id integer PRIMARY KEY, of bigint REFERENCES hospital (id))",
            "INSERT INTO left_behind VALUES (1, 1)",
        ] {
            db.execute_unprepared(sql).await.unwrap();
        }
        record(&db, "m9999_of_tomorrow").await;
        migration::fresh(&db).await.unwrap();
        assert_eq!(schema(&db).await, whole);
        db.close().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_change_that_fails_leaves_nothing_behind() {
    on_each(async |url| {
        let db = connect(url).await;
        // Something that stands in the way of a change in the middle.
        let obstacle = "CREATE TABLE notification (id integer)";
        db.execute_unprepared(obstacle).await.unwrap();
        migration::up(&db).await.unwrap_err();
        db.execute_unprepared("DROP TABLE notification").await.unwrap();
        migration::up(&db).await.unwrap();
        assert_eq!(migration::pending(&db).await.unwrap(), Vec::<String>::new());
        db.close().await.unwrap();
    })
    .await;
}

async fn names(db: &DatabaseConnection) -> Vec<String> {
    let all = migration::status(db).await.unwrap();
    all.into_iter().map(|(name, _)| name).collect()
}

async fn record(db: &DatabaseConnection, name: &str) {
    let sql = format!("INSERT INTO seaql_migrations VALUES ('{name}', 0)");
    db.execute_unprepared(&sql).await.unwrap();
}
