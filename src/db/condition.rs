//! What failures say of the database as a whole: whether it is there at all, and whether it takes what is written.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{DbBackend, DbErr};

use super::{Database, errors, postgres};
use crate::settings::DatabaseSettings;

/// A failure says for so long how the database is: somebody writes at least every ten seconds, if only this process its sign of life.
const MEMORY: Duration = Duration::from_secs(30);
/// What was found out about the server's being there holds for so long, …
const FRESH: Duration = Duration::from_secs(1);
/// … and it is waited for this long.
const PROBE: Duration = Duration::from_secs(1);
/// Of retries no more than one line a second.
const LINE: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub(super) struct DatabaseCondition {
    settings: DatabaseSettings,
    trouble: Mutex<Option<(Instant, &'static str)>>,
    /// When the server was last asked whether it is there, and whether it was. Whoever comes meanwhile waits for that answer.
    probed: tokio::sync::Mutex<Option<(Instant, bool)>>,
    retries: Mutex<(Option<Instant>, u32)>,
}

impl DatabaseCondition {
    pub(super) fn new(settings: &DatabaseSettings) -> Self {
        Self {
            settings: settings.clone(),
            trouble: Mutex::default(),
            probed: tokio::sync::Mutex::default(),
            retries: Mutex::default(),
        }
    }

    /// A statement failed.
    pub(super) fn note(&self, error: &DbErr) {
        if let Some(says) = errors::trouble(error) {
            *lock(&self.trouble) = Some((Instant::now(), says));
        }
    }

    /// Something was committed: the server does not only read any more.
    pub(super) fn note_commit(&self) {
        let mut trouble = lock(&self.trouble);
        if trouble.is_some_and(|(_, says)| says == errors::READ_ONLY) {
            *trouble = None;
        }
    }

    /// What a failure has said of the database lately, and how long ago that was.
    pub(super) fn trouble(&self) -> Option<(&'static str, Duration)> {
        let trouble = *lock(&self.trouble);
        trouble.map(|(at, says)| (says, at.elapsed())).filter(|(_, ago)| *ago < MEMORY)
    }

    /// Whether the server takes a connection and answers on it, beside the pool.
    async fn answers(&self) -> bool {
        let mut probed = self.probed.lock().await;
        if let Some((at, answered)) = *probed
            && at.elapsed() < FRESH
        {
            return answered;
        }
        let answered = postgres::answers(&self.settings, PROBE).await;
        *probed = Some((Instant::now(), answered));
        answered
    }
}

impl Database {
    /// Waits for `statement` little longer than the database itself would let it run, and for a server that is not there no longer than
    /// for a connection. The database's own limit comes first; these are for a network that has fallen silent, and for a pooler
    /// that does not pass the limit on.
    pub(super) async fn bounded<T>(&self, statement: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        let mut statement = std::pin::pin!(statement);
        let patience = self.acquire_timeout();
        if let Ok(result) = tokio::time::timeout(patience, statement.as_mut()).await {
            return result;
        }
        // It takes its time, or there is nobody any more who could answer it.
        if self.backend() == DbBackend::Postgres && !Box::pin(self.condition().answers()).await {
            return Err(errors::silent(patience));
        }
        let limit = self.longest_answer();
        match tokio::time::timeout(limit.saturating_sub(patience), statement).await {
            Ok(result) => result,
            Err(_elapsed) => Err(errors::silent(limit)),
        }
    }

    /// After a connection was lost: whether another can be had before `deadline`. What is tried again then need not wait for one.
    pub(super) async fn is_back_before(&self, deadline: Instant) -> bool {
        if self.backend() != DbBackend::Postgres {
            return Instant::now() < deadline;
        }
        let pool = self.bare().get_postgres_connection_pool();
        let acquired = tokio::time::timeout_at(deadline.into(), Box::pin(pool.acquire())).await;
        acquired.is_ok_and(|connection| connection.is_ok())
    }

    /// A line in the log, as long as there was none within a second; else it is counted in the next one.
    pub(super) fn tell_retry(&self, what: &str, error: Option<&DbErr>) {
        let mut told = lock(&self.condition().retries);
        if told.0.is_some_and(|at| at.elapsed() < LINE) {
            told.1 += 1;
            return;
        }
        let more = std::mem::replace(&mut *told, (Some(Instant::now()), 0)).1;
        let reason = error.map(ToString::to_string).unwrap_or_default();
        log::info!(more, reason = reason.as_str(); "{what}");
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
