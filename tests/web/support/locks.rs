//! What waits in Postgres for somebody else's lock.

use std::time::Duration;

use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement};

/// Until so many of the server's statements wait for somebody else's lock.
pub(crate) async fn waiting(other: &DatabaseConnection, count: i64) {
    let sql = "SELECT count(*) AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..400 {
        let row = other.query_one_raw(Statement::from_string(other.get_database_backend(), sql)).await.unwrap();
        if row.unwrap().try_get::<i64>("", "waiting").unwrap() >= count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("fewer than {count} statements wait");
}
