//! The test's own way into the server's database, past the server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement, prelude::async_trait,
};
use telemedicine::coherence::{Coherence, Topic};
use tokio::sync::Mutex;

/// A connection whose writes the server does not see coming. What it keeps of pages is renewed before anybody asks for
/// the next one, as `telemedicine cache clear` would do for somebody who changed rows by hand.
#[derive(Clone)]
pub(crate) struct RawDatabase {
    connection: DatabaseConnection,
    announcer: Announcer,
}

/// Tells the server's cache of what was written past the server.
#[derive(Clone)]
pub(super) struct Announcer {
    coherence: Coherence,
    was_used: Arc<AtomicBool>,
    /// One tells it, and all others wait until it is told: browsers ask at once.
    telling: Arc<Mutex<()>>,
}

impl RawDatabase {
    pub(super) fn new(connection: DatabaseConnection, coherence: Coherence) -> Self {
        Self { connection, announcer: Announcer { coherence, was_used: Arc::default(), telling: Arc::default() } }
    }

    pub(super) fn announcer(&self) -> Announcer {
        self.announcer.clone()
    }

    fn note(&self, sql: &str) {
        if !sql.trim_start().to_ascii_uppercase().starts_with("SELECT") {
            self.announcer.was_used.store(true, SeqCst);
        }
    }
}

impl Announcer {
    /// To be called before each request.
    pub(super) async fn announce(&self) {
        let _told = self.telling.lock().await;
        if self.was_used.swap(false, SeqCst) && self.coherence.renew(&[Topic::Everything].into()).await.is_err() {
            // Redis is away, and nothing is served from the cache.
            self.was_used.store(true, SeqCst);
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for RawDatabase {
    fn get_database_backend(&self) -> DbBackend {
        self.connection.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.note(&statement.sql);
        self.connection.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.note(sql);
        self.connection.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.connection.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.note(&statement.sql);
        self.connection.query_all_raw(statement).await
    }
}
