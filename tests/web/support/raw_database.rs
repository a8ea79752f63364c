//! The test's own way into the server's database, past the server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::SeqCst},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement, prelude::async_trait,
};
use telemedicine::{
    coherence::{Coherence, Topic},
    db::{Database, UnitOfWork, Unrecorded},
};
use tokio::{runtime::Handle, sync::Mutex, task::spawn_blocking};

const BY_HAND: Unrecorded = Unrecorded::of(&[], "the test has written it by hand");

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
    /// The server's own.
    database: Database,
    was_used: Arc<AtomicBool>,
    /// One tells it, and all others wait until it is told: browsers ask at once.
    telling: Arc<Mutex<()>>,
}

impl RawDatabase {
    pub(super) fn new(connection: DatabaseConnection, (coherence, database): (Coherence, Database)) -> Self {
        let announcer = Announcer { coherence, database, was_used: Arc::default(), telling: Arc::default() };
        Self { connection, announcer }
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
        if self.was_used.swap(false, SeqCst) && !self.everything_is_renewed().await {
            // The database is away, and so are its pages.
            self.was_used.store(true, SeqCst);
        }
    }

    /// Where this server does not reach Redis, others may, and serve what they kept: they are told by way of the outbox, as of every act.
    async fn everything_is_renewed(&self) -> bool {
        if self.coherence.renew(&[Topic::Everything].into()).await.is_ok() {
            return true;
        }
        // In a thread of its own: units of work stay in the thread that began them, and those who ask here do not.
        let (database, runtime) = (self.database.clone(), Handle::current());
        let renewing = spawn_blocking(move || runtime.block_on(renew_by_outbox(&database)));
        renewing.await.unwrap().is_ok()
    }
}

async fn renew_by_outbox(database: &Database) -> Result<(), DbErr> {
    let act = async |unit: &UnitOfWork| {
        unit.touch([Topic::Everything]);
        Ok(())
    };
    database.write_unrecorded(BY_HAND, act).await
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
