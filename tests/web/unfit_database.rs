//! The database is full, only reads, or takes too long: whoever asked is told to come again, nothing is half done, and readiness says what is
//! the database's fault.

use entity::user;
use sea_orm::{
    Database, EntityTrait as _, PaginatorTrait as _, TransactionTrait as _,
    sqlx::{self, AssertSqlSafe, sqlite::SqliteConnection},
};

use crate::support::*;

/// Says the same to each connection that the server may have to its file.
async fn on_each_connection(app: &TestApp, sql: &str) {
    let pool = app.state.db.bare().get_sqlite_connection_pool();
    let mut all = Vec::new();
    for _ in 0..pool.options().get_max_connections() {
        all.push(pool.acquire().await.unwrap());
    }
    for connection in &mut all {
        let connection: &mut SqliteConnection = connection;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.unwrap();
    }
}

/// The desk adds somebody of whom there is a lot to say.
async fn add(desk: &Client, number: usize) -> Page {
    let email = format!("newcomer{number}@example.test");
    let (name, history) = (format!("Bina{number}"), "Asthma since childhood. ".repeat(80));
    let fields = [
        ("first_name", name.as_str()),
        ("last_name", "Rai"),
        ("email", &email),
        ("phone", ""),
        ("date_of_birth", "1984-03-02"),
        ("medical_history", &history),
    ];
    desk.post_form("/patients", &fields).await
}

async fn accounts(app: &TestApp) -> u64 {
    user::Entity::find().count(&app.db).await.unwrap()
}

/// That `answer` says that it did not go, and when to come again.
fn is_put_off(answer: &Page) {
    assert_eq!(answer.status, 503, "{}", answer.words());
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_disk_that_is_full_puts_off_whoever_writes() {
    if uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let desk = app.sign_in(&hospital_admin(&hospital().create(&app).await).create(&app).await).await;
    add(&desk, 0).await.expect(303);
    app.visitor().get("/health/ready").await.expect(200);
    // No page more than there are.
    on_each_connection(&app, "PRAGMA max_page_count = 1").await;
    let mut added = 1;
    let refused = loop {
        let before = accounts(&app).await;
        let answer = add(&desk, added).await;
        if answer.status != 303 {
            assert_eq!(accounts(&app).await, before, "nothing of it is there");
            break answer;
        }
        added += 1;
        assert!(added < 60, "the file has room without end");
    };
    is_put_off(&refused);
    assert!(app.visitor().get("/health/ready").await.expect(503).body.contains(r#""database":"away""#));
    desk.get("/patients").await.ok();
    on_each_connection(&app, "PRAGMA max_page_count = 1000000").await;
    add(&desk, added).await.expect(303);
}

#[tokio::test]
async fn a_file_that_only_reads_puts_off_whoever_writes() {
    if uses_postgres() {
        return;
    }
    let app = TestApp::start().await;
    let desk = app.sign_in(&hospital_admin(&hospital().create(&app).await).create(&app).await).await;
    on_each_connection(&app, "PRAGMA query_only = ON").await;
    is_put_off(&add(&desk, 0).await);
    assert!(app.visitor().get("/health/ready").await.expect(503).body.contains(r#""database":"away""#));
    desk.get("/patients").await.ok();
    on_each_connection(&app, "PRAGMA query_only = OFF").await;
    add(&desk, 0).await.expect(303);
    app.visitor().get("/health/ready").await.expect(200);
}

/// A table to which somebody lets nobody write is no fault of the database: it answers, and the instance goes on.
#[tokio::test]
async fn a_statement_that_takes_too_long_puts_off_whoever_asked_and_nobody_else() {
    if !uses_postgres() {
        return;
    }
    let app = TestApp::start_with(&[("DB_STATEMENT_TIMEOUT", "1")]).await;
    let desk = app.sign_in(&hospital_admin(&hospital().create(&app).await).create(&app).await).await;
    let other = Database::connect(app.state.settings.database.url.expose()).await.unwrap();
    let held = other.begin().await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&held, "LOCK TABLE patient IN SHARE MODE").await.unwrap();
    let before = accounts(&app).await;
    is_put_off(&add(&desk, 0).await);
    app.visitor().get("/health/ready").await.expect(200);
    desk.get("/profile").await.ok();
    held.rollback().await.unwrap();
    assert_eq!(accounts(&app).await, before);
    add(&desk, 0).await.expect(303);
}
