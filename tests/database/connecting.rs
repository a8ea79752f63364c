//! Databases that cannot be opened: the message helps and keeps the password.

use std::time::{Duration, Instant};

use telemedicine::db::{Database, health};
use tokio::net::TcpListener;

use crate::ports::free_port;
use crate::support::{TestDatabase, settings};

async fn refusal(url: &str) -> String {
    let settings = settings(&[("DATABASE_URL", url), ("DB_CONNECT_TIMEOUT", "1")]);
    Database::connect(&settings.database, "telemedicine-test").await.unwrap_err().to_string()
}

#[tokio::test]
async fn nobody_listens() {
    let port = free_port();
    let start = Instant::now();
    let message = refusal(&format!("postgres://clinic:hunter2@127.0.0.1:{port}/clinic")).await;
    assert!(message.contains(&format!("127.0.0.1:{port}")) && message.contains("DATABASE_URL"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
    assert!(start.elapsed() < Duration::from_millis(900), "a refusal need not be waited for");
}

#[tokio::test]
async fn somebody_listens_and_says_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let message = refusal(&format!("postgres://clinic:hunter2@127.0.0.1:{port}/clinic")).await;
    assert!(message.contains(&format!("127.0.0.1:{port}")) && message.contains("DB_CONNECT_TIMEOUT"), "{message}");
    assert!(!message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn the_name_does_not_resolve() {
    let message = refusal("postgres://clinic:hunter2@database.invalid/clinic").await;
    assert!(message.contains("database.invalid:5432") && !message.contains("hunter2"), "{message}");
}

#[tokio::test]
async fn the_database_is_not_there() {
    let Some(test) = TestDatabase::postgres().await else {
        return;
    };
    let message = refusal(&format!("{}_gone", test.url)).await;
    assert!(message.contains("does not exist") && message.contains("DATABASE_URL"), "{message}");
}

#[tokio::test]
async fn the_folder_cannot_be_made() {
    let message = refusal("sqlite:/proc/nowhere/clinic.db").await;
    assert!(message.contains("/proc/nowhere/clinic.db") && message.contains("DATABASE_URL"), "{message}");
}

#[tokio::test]
async fn a_database_that_answers_is_fit() {
    let second = Duration::from_secs(1);
    health::check(&TestDatabase::sqlite().await.db, second).await.unwrap();
    if let Some(test) = TestDatabase::postgres().await {
        health::check(&test.db, second).await.unwrap();
        health::examine(&test.db, 10 * second).await.unwrap();
    }
}
