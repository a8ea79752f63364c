//! Counts statements: for each request, for `/metrics`, and for the log when one is slow.
//!
//! Fed by SeaORM's metric callback, so every statement that goes through SeaORM is seen, whoever runs it: queries, the entity
//! loader's follow-ups, statements within a unit of work, raw ones. BEGIN, COMMIT and ROLLBACK are not statements, nor is what a
//! unit of work asks for its own bookkeeping. `execute_unprepared`, which SeaORM does not report, is for the migrator only.
//!
//! The numbers of a request are kept in a task-local, so [`scope`] must surround everything the request awaits; statements
//! of a task that was spawned elsewhere are not the request's.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sea_orm::DatabaseConnection;

use super::outcome::is_bookkeeping;
use super::pool_use;
use crate::metrics;

/// A statement in the log and the toolbar is cut after this many characters.
const LONGEST: usize = 2_000;

/// What a request asked of the database.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatementTally {
    /// Statements, failed and repeated ones included.
    pub count: u32,
    /// Time spent in them; statements that run at the same time count each.
    pub elapsed: Duration,
    /// Each statement in order; only within [`scope_with_statements`].
    pub statements: Vec<Executed>,
}

/// One statement that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Executed {
    /// SQL with placeholders, without values, on one line.
    pub sql: String,
    /// From sending it to having its rows.
    pub elapsed: Duration,
    /// The database refused it or went away.
    pub failed: bool,
}

impl StatementTally {
    /// Shapes that were run more than once, with how often: the sign of a query in a loop.
    pub fn repeated(&self) -> Vec<(&str, u32)> {
        let mut shapes: Vec<(&str, u32)> = Vec::new();
        for statement in &self.statements {
            match shapes.iter_mut().find(|(sql, _)| *sql == statement.sql) {
                Some((_, times)) => *times += 1,
                None => shapes.push((&statement.sql, 1)),
            }
        }
        shapes.retain(|(_, times)| *times > 1);
        shapes
    }

    fn add(&mut self, other: &Self, with_statements: bool) {
        self.count += other.count;
        self.elapsed += other.elapsed;
        if with_statements {
            self.statements.extend_from_slice(&other.statements);
        }
    }
}

#[derive(Default)]
struct Recorder {
    tally: StatementTally,
    with_statements: bool,
    /// What they are run for.
    request: Option<RequestLabel>,
}

/// Names a request in the lines about its statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLabel {
    /// Its reference.
    pub id: String,
    /// The pattern of its route.
    pub route: String,
}

tokio::task_local! {
    static RECORDER: RefCell<Recorder>;
}

/// Runs `future` and counts its statements.
pub async fn scope<F: Future>(future: F) -> (F::Output, StatementTally) {
    record(future, Recorder::default()).await
}

/// Like [`scope`], for a request that is named where one of its statements is slow; keeps the statements if asked to.
pub async fn scope_of_request<F: Future>(
    request: RequestLabel,
    with_statements: bool,
    future: F,
) -> (F::Output, StatementTally) {
    record(future, Recorder { with_statements, request: Some(request), ..Recorder::default() }).await
}

/// Like [`scope`], and keeps the statements: for the development toolbar and for tests.
pub async fn scope_with_statements<F: Future>(future: F) -> (F::Output, StatementTally) {
    record(future, Recorder { with_statements: true, ..Recorder::default() }).await
}

/// The count so far, within a scope: for a toolbar that is rendered as part of the page.
pub fn so_far() -> Option<StatementTally> {
    RECORDER.try_with(|recorder| recorder.borrow().tally.clone()).ok()
}

async fn record<F: Future>(future: F, recorder: Recorder) -> (F::Output, StatementTally) {
    let recorder = RefCell::new(recorder);
    let counted = RECORDER.scope(recorder, async {
        let output = future.await;
        let tally = RECORDER.with(|recorder| std::mem::take(&mut recorder.borrow_mut().tally));
        (output, tally)
    });
    let (output, tally) = counted.await;
    // A scope within a scope is part of the outer one as well.
    note(|outer| {
        let with_statements = outer.with_statements;
        outer.tally.add(&tally, with_statements);
    });
    (output, tally)
}

/// Does nothing outside a scope: commands and background work have no request to account to.
fn note(change: impl FnOnce(&mut Recorder)) {
    match RECORDER.try_with(|recorder| change(&mut recorder.borrow_mut())) {
        Ok(()) | Err(_) => {}
    }
}

/// The limit beyond which a statement is logged; none until set.
#[derive(Debug)]
pub(super) struct SlowLog(AtomicU64);

impl Default for SlowLog {
    fn default() -> Self {
        Self(AtomicU64::new(u64::MAX))
    }
}

impl SlowLog {
    pub(super) fn set(&self, limit: Duration) {
        self.0.store(u64::try_from(limit.as_micros()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn is_slow(&self, elapsed: Duration) -> bool {
        elapsed.as_micros() > u128::from(self.0.load(Ordering::Relaxed))
    }
}

/// Counts every statement of this pool from now on.
pub(super) fn attach(connection: &mut DatabaseConnection, slow: Arc<SlowLog>) {
    connection.set_metric_callback(move |info| {
        pool_use::took(info.elapsed);
        let sql = &info.statement.sql;
        if is_bookkeeping(sql) {
            return;
        }
        metrics::statement(info.elapsed, info.failed);
        note(|recorder| {
            recorder.tally.count += 1;
            recorder.tally.elapsed += info.elapsed;
            if recorder.with_statements {
                recorder.tally.statements.push(Executed {
                    sql: one_line(sql),
                    elapsed: info.elapsed,
                    failed: info.failed,
                });
            }
        });
        if slow.is_slow(info.elapsed) {
            let failed = if info.failed { " (failed)" } else { "" };
            let request = RECORDER.try_with(|recorder| recorder.borrow().request.clone()).ok().flatten();
            let (id, route) = request.map_or_else(Default::default, |request| (request.id, request.route));
            let (id, route) = (id.as_str(), route.as_str());
            log::warn!(id, route; "slow statement{failed}: {} ms: {}", info.elapsed.as_millis(), one_line(sql));
        }
    });
}

fn one_line(sql: &str) -> String {
    let mut line = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((cut, _)) = line.char_indices().nth(LONGEST) {
        line.truncate(cut);
        line.push('…');
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_logged_on_one_line_of_bounded_length() {
        assert_eq!(one_line("SELECT\n  1,\t2"), "SELECT 1, 2");
        assert_eq!(one_line(&"é".repeat(3_000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn repeated_shapes_are_named() {
        let executed = |sql: &str| Executed { sql: sql.to_owned(), elapsed: Duration::ZERO, failed: false };
        let tally = StatementTally {
            statements: vec![executed("a"), executed("b"), executed("a")],
            ..StatementTally::default()
        };
        assert_eq!(tally.repeated(), [("a", 2)]);
    }

    #[test]
    fn nothing_is_slow_until_a_limit_is_set() {
        let slow = SlowLog::default();
        assert!(!slow.is_slow(Duration::from_secs(3_600)));
        slow.set(Duration::from_millis(200));
        assert!(slow.is_slow(Duration::from_millis(201)) && !slow.is_slow(Duration::from_millis(200)));
    }
}
