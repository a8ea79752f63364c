//! Reading: [`Reader`] and the connection it lends.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::ErrorInternalServerError;
use actix_web::{FromRequest, HttpRequest, web};
use sea_orm::prelude::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::Database;
use super::errors::{is_dropped, is_outdated, is_silent};
use super::retries::Retries;
use crate::coherence::{ReadSet, Topics};
use crate::metrics;

/// The only way to read. A handler takes it as an argument; a command gets it from [`Database::reader`].
#[derive(Clone, Debug)]
pub struct Reader {
    database: Database,
    /// The page in the making, if it may be kept.
    rendering: Option<ReadSet>,
    may_use_replicas: bool,
}

impl Reader {
    pub(super) fn new(database: Database, rendering: Option<ReadSet>) -> Self {
        let may_use_replicas = rendering.is_some() && database.has_replicas();
        Self { database, rendering, may_use_replicas }
    }

    /// The same, for what is not to depend on a replica's being right: who somebody is, and what they may do.
    #[must_use]
    pub fn from_primary(self) -> Self {
        Self { may_use_replicas: false, ..self }
    }

    /// Runs `read` on the pool: `reader.run(Topic::Hospitals, async |conn| hospital::Entity::find().all(conn).await).await`.
    ///
    /// `topics` cover everything that `read` may find: each write that changes its answer touches one of them. Their stamps
    /// are read before it runs, so that the page which shows the answer can be kept until one of them changes.
    ///
    /// For a cached page a replica may be read, if it has everything that the page has to show.
    ///
    /// If its connection turns out to be gone (a restart, a failover, a pooler that dropped it), `read` is run again from its
    /// beginning on a live one, so it must do nothing but read. Each statement in it may use another connection of the pool:
    /// what must be seen at one moment belongs into one statement, or into [`super::UnitOfWork::read`].
    ///
    /// # Errors
    /// What `read` returns; or that the database said nothing for longer than `DB_ACQUIRE_TIMEOUT` and `DB_STATEMENT_TIMEOUT`.
    pub async fn run<T>(
        &self,
        topics: impl Into<Topics>,
        read: impl AsyncFn(&ReadConnection<'_>) -> Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        if let Some(rendering) = &self.rendering {
            let topics = topics.into();
            rendering.depend_on(&topics).await;
            if let Some(replicas) = self.database.replicas().filter(|_| self.may_use_replicas)
                && let Some(found) = replicas.read(rendering.known_since(&topics), &read).await
            {
                return Ok(found);
            }
        }
        let connection = ReadConnection(Source::Pool(&self.database));
        let mut retries = Retries::within(self.database.acquire_timeout());
        loop {
            let result = self.database.bounded(read(&connection)).await;
            let Err(error) = &result else {
                return result;
            };
            self.database.learn_from(error);
            let is_again = if is_outdated(error) {
                retries.after_outdated()
            } else {
                is_dropped(error)
                    && !is_silent(error)
                    && retries.after_drop().await
                    && self.database.is_back_before(retries.deadline()).await
            };
            if !is_again {
                return result;
            }
            metrics::retried("read");
            self.database.tell_retry("a database connection was gone, reading again", Some(error));
        }
    }
}

impl FromRequest for Reader {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match request.app_data::<web::Data<Database>>() {
            Some(database) => Ok(database.reader()),
            None => Err(ErrorInternalServerError("the application has no database")),
        })
    }
}

/// A connection that reads: any SeaORM query that selects works on it, anything that would write is refused.
///
/// The same type is lent by [`Reader::run`] and, within a transaction, by [`super::UnitOfWork::read`], so one query function
/// serves both. Take it as `&ReadConnection<'_>`.
#[derive(Debug)]
pub struct ReadConnection<'a>(pub(super) Source<'a>);

#[derive(Debug)]
pub(super) enum Source<'a> {
    Pool(&'a Database),
    Transaction(&'a DatabaseTransaction),
}

fn only_reads(statement: &Statement) -> Result<(), DbErr> {
    let sql = statement.sql.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
    let first = sql.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    if ["SELECT", "WITH", "EXPLAIN", "VALUES", "SHOW"].iter().any(|word| first.eq_ignore_ascii_case(word)) {
        return Ok(());
    }
    Err(refused())
}

fn refused() -> DbErr {
    DbErr::Custom("a write through a connection that reads: write through a unit of work".to_owned())
}

#[async_trait::async_trait]
impl ConnectionTrait for ReadConnection<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match &self.0 {
            Source::Pool(database) => database.backend(),
            Source::Transaction(transaction) => transaction.get_database_backend(),
        }
    }

    async fn execute_raw(&self, _: Statement) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn execute_unprepared(&self, _: &str) -> Result<ExecResult, DbErr> {
        Err(refused())
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        only_reads(&statement)?;
        match &self.0 {
            Source::Pool(database) => database.pool_use().run(database.bare().query_one_raw(statement)).await,
            Source::Transaction(transaction) => transaction.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        only_reads(&statement)?;
        match &self.0 {
            Source::Pool(database) => database.pool_use().run(database.bare().query_all_raw(statement)).await,
            Source::Transaction(transaction) => transaction.query_all_raw(statement).await,
        }
    }
}
