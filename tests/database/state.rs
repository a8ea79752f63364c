//! What is wrong with the connection or with the database is not told as a fault of the statement: it is tried again where that helps, and
//! told as something that is away where it does not.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use entity::hospital;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement};
use telemedicine::db::{Database, health, is_unavailable};

use crate::support::{NO_ACT, NO_PAGE, TestDatabase, hospital_named, open, run, terminate_all};

const PATIENCE: Duration = Duration::from_secs(5);

async fn read(db: &Database) -> Result<usize, DbErr> {
    db.reader().run(NO_PAGE, async |conn| Ok(hospital::Entity::find().all(conn).await?.len())).await
}

async fn write(db: &Database, name: &str) -> Result<(), DbErr> {
    db.write_unrecorded(NO_ACT, async |unit| unit.insert(hospital_named(name), NO_PAGE).await.map(|_| ())).await
}

async fn health_says(db: &Database) -> String {
    health::check(db, PATIENCE).await.err().map(|unfit| unfit.to_string()).unwrap_or_default()
}

/// A change of the schema under a running server: what it has prepared is of no use any more, on any of its connections.
#[tokio::test]
async fn a_column_that_is_widened_breaks_nothing() {
    let Some(test) = TestDatabase::postgres_with(&[("DB_MAX_CONNECTIONS", "4")]).await else { return };
    let everybody = || async { futures_util::future::join_all((0..8).map(|_| read(&test.db))).await };
    write(&test.db, "Bir").await.unwrap();
    assert!(everybody().await.iter().all(Result::is_ok));
    for width in [300, 400] {
        run(&mut test.beside().await, &format!("ALTER TABLE hospital ALTER COLUMN name TYPE varchar({width})")).await;
        let reading_and_writing = async |unit: &telemedicine::db::UnitOfWork| {
            unit.read(async |conn| hospital::Entity::find().all(conn).await).await?;
            unit.insert(hospital_named(format!("Wider {width}")), NO_PAGE).await.map(|_| ())
        };
        let written: Result<(), DbErr> = test.db.write_unrecorded(NO_ACT, reading_and_writing).await;
        assert_eq!(written, Ok(()));
        let found = everybody().await;
        assert!(found.iter().all(Result::is_ok), "{found:?}");
    }
    assert_eq!(read(&test.db).await, Ok(3));
}

/// As after a failover: the server goes on, and only reads.
#[tokio::test]
async fn a_database_that_only_reads_is_told_and_left_as_soon_as_another_is_there() {
    let Some(test) = TestDatabase::postgres().await else { return };
    write(&test.db, "before").await.unwrap();
    assert_eq!(health_says(&test.db).await, "");
    let mut beside = test.beside().await;
    let name = url::Url::parse(&test.url).unwrap().path().trim_start_matches('/').to_owned();
    run(&mut beside, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    terminate_all(&mut beside).await;
    assert_eq!(read(&test.db).await, Ok(1));
    let refused = write(&test.db, "meanwhile").await.unwrap_err();
    assert!(is_unavailable(&refused), "{refused}");
    assert!(health_says(&test.db).await.ends_with("is not fit: it only reads"));
    // Its connections were opened while it only read, and would go on so.
    let since = Instant::now();
    run(
        &mut beside,
        &format!("SET default_transaction_read_only = off; ALTER DATABASE {name} RESET default_transaction_read_only"),
    )
    .await;
    while let Err(refused) = write(&test.db, "after").await {
        assert!(is_unavailable(&refused) && since.elapsed() < Duration::from_secs(60), "{refused}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(read(&test.db).await, Ok(2));
    // Other connections than the one that wrote may be as old.
    while !health_says(&test.db).await.is_empty() {
        assert!(since.elapsed() < Duration::from_secs(60), "what was committed says more than what was refused before");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// As after a failover to nothing better: many write, and are refused. Connections are not opened anew for each.
#[tokio::test]
async fn connections_to_a_database_that_only_reads_are_kept() {
    let Some(test) = TestDatabase::postgres_with(&[("DB_MAX_CONNECTIONS", "1")]).await else { return };
    let mut beside = test.beside().await;
    let name = url::Url::parse(&test.url).unwrap().path().trim_start_matches('/').to_owned();
    run(&mut beside, &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")).await;
    terminate_all(&mut beside).await;
    let start = Instant::now();
    let mut backends = BTreeSet::new();
    for n in 0..30 {
        write(&test.db, &format!("meanwhile {n}")).await.unwrap_err();
        backends.insert(backend(&test.db).await);
    }
    // One before the first renewal, and one after each.
    let allowed = 3 + start.elapsed().as_secs() / 5;
    assert!(u64::try_from(backends.len()).unwrap() <= allowed, "{backends:?}, {allowed} allowed");
    assert!(backends.len() < 30);
}

/// The process of Postgres that answers.
async fn backend(db: &Database) -> i32 {
    let asked = Statement::from_string(DbBackend::Postgres, "SELECT pg_backend_pid()");
    let row = db.reader().run(NO_PAGE, async |conn| conn.query_one_raw(asked.clone()).await).await.unwrap();
    row.unwrap().try_get_by_index(0).unwrap()
}

const FAILING: &str = "CREATE FUNCTION fails(code text) RETURNS int LANGUAGE plpgsql AS \
                       $$ BEGIN RAISE EXCEPTION 'as it happens' USING ERRCODE = code; END $$";

#[tokio::test]
async fn what_the_database_lacks_is_no_fault_of_the_statement() {
    let Some(test) = TestDatabase::postgres().await else { return };
    run(&mut test.beside().await, FAILING).await;
    for (code, away) in [
        ("53100", true),
        ("53200", true),
        ("53300", true),
        ("57014", true),
        ("58030", true),
        ("55P03", true),
        ("25006", true),
        ("40001", true),
        ("0A000", false),
        ("42501", false),
        ("42703", false),
        ("22012", false),
        ("23505", false),
    ] {
        let failing = Statement::from_string(DbBackend::Postgres, format!("SELECT fails('{code}')"));
        let failed: Result<(), DbErr> = test
            .db
            .write_unrecorded(NO_ACT, async |unit| {
                unit.read(async |conn| conn.query_one_raw(failing.clone()).await).await.map(|_| ())
            })
            .await;
        assert_eq!(is_unavailable(&failed.unwrap_err()), away, "{code}");
    }
    assert!(health_says(&test.db).await.contains("it only reads"), "the last of those that say something of all");
}

/// The server has no room for one more connection: that is no fault of the statement either, and is over when there is room.
#[tokio::test]
async fn a_server_that_takes_no_more_connections_is_away_until_it_does() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let mut beside = test.beside().await;
    let mut url = url::Url::parse(&test.url).unwrap();
    let name = url.path().trim_start_matches('/').to_owned();
    // Of its own, for neither limit holds for those who may do everything.
    let role = format!("few_{name}");
    run(
        &mut beside,
        &format!("CREATE ROLE {role} LOGIN PASSWORD 'few' CONNECTION LIMIT 1; GRANT SELECT ON hospital TO {role}"),
    )
    .await;
    url.set_username(&role).unwrap();
    url.set_password(Some("few")).unwrap();
    let db = open(url.as_str(), &[("DB_ACQUIRE_TIMEOUT", "1")]).await;
    assert_eq!(read(&db).await, Ok(0));
    run(&mut beside, &format!("ALTER ROLE {role} CONNECTION LIMIT 0")).await;
    terminate_all(&mut beside).await;
    let refused = read(&db).await.unwrap_err();
    assert!(is_unavailable(&refused) || matches!(refused, DbErr::ConnectionAcquire(_)), "{refused}");
    assert!(!health_says(&db).await.is_empty());
    run(&mut beside, &format!("ALTER ROLE {role} CONNECTION LIMIT 1")).await;
    let since = Instant::now();
    while let Err(refused) = read(&db).await {
        assert!(since.elapsed() < Duration::from_secs(60), "{refused}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    db.bare().close_by_ref().await.unwrap();
    terminate_all(&mut beside).await;
    run(&mut beside, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_table_that_is_missing_makes_the_database_unfit() {
    let databases = [Some(TestDatabase::sqlite().await), TestDatabase::postgres().await];
    for test in databases.into_iter().flatten() {
        test.db.bare().execute_unprepared("ALTER TABLE hospital RENAME TO hospital_away").await.unwrap();
        let failed = read(&test.db).await.unwrap_err();
        assert!(is_unavailable(&failed), "{failed}");
        assert!(health_says(&test.db).await.contains("a table is missing"));
    }
}

/// Another program writes to the file, for as long as it likes.
#[tokio::test]
async fn a_file_that_is_held_is_given_up_as_soon_as_a_connection() {
    let test = TestDatabase::sqlite().await;
    let db = open(&test.url, &[("DB_ACQUIRE_TIMEOUT", "1")]).await;
    let mut alone = sea_orm::ConnectOptions::new(&test.url);
    alone.max_connections(1);
    let holder = sea_orm::Database::connect(alone).await.unwrap();
    holder.execute_unprepared("BEGIN IMMEDIATE").await.unwrap();
    let start = Instant::now();
    let writers = futures_util::future::join_all(["one", "two", "three"].map(|name| write(&db, name))).await;
    assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    for written in writers {
        let error = written.unwrap_err();
        assert!(is_unavailable(&error) || matches!(error, DbErr::ConnectionAcquire(_)), "{error}");
    }
    assert_eq!(read(&db).await, Ok(0), "reading goes on");
    holder.execute_unprepared("ROLLBACK").await.unwrap();
    write(&db, "after").await.unwrap();
    let raise = hospital::Entity::update_many().col_expr(hospital::Column::Active, Expr::value(false));
    assert_eq!(db.write_unrecorded(NO_ACT, async |unit| unit.update_where(raise.clone(), NO_PAGE).await).await, Ok(1));
}
