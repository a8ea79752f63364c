//! That a unit of work is told of in the trail: the proof, without which nothing is committed.

use super::{DbErr, UnitOfWork};

/// What a unit of work hands out, together with how the trail tells of it: what the closure of [`super::Database::write`] returns.
///
/// It can be had from [`UnitOfWork::record`] alone, which writes the line, or from [`Recorded::unchanged`], which is believed only of a
/// unit that has changed no row. So a write that forgets its line does not compile:
///
/// ```compile_fail
/// # use telemedicine::db::{Database, DbErr, Recorded};
/// # async fn forgets(db: &Database, line: entity::audit_entry::ActiveModel) -> Result<i64, DbErr> {
/// db.write(async |_| Ok(7)).await
/// # }
/// ```
///
/// and one that writes it does:
///
/// ```no_run
/// # use telemedicine::db::{Database, DbErr, Recorded};
/// # async fn records(db: &Database, line: entity::audit_entry::ActiveModel) -> Result<i64, DbErr> {
/// db.write(async |uow| Ok(uow.record(line.clone()).await?.with(7))).await
/// # }
/// ```
#[derive(Debug)]
#[must_use = "it is what the unit of work returns"]
pub struct Recorded<T = ()> {
    value: T,
    how: How,
}

/// Why a unit of work may be committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Line,
    Unchanged,
    Exempt(Unrecorded),
}

impl Recorded {
    /// A line was written.
    pub(super) fn by_a_line() -> Self {
        Self { value: (), how: How::Line }
    }
}

impl<T> Recorded<T> {
    /// Nothing was changed, so there is nothing to tell: what was to be changed had gone or been done already. A unit that has changed a row
    /// and says so fails.
    pub fn unchanged(value: T) -> Self {
        Self { value, how: How::Unchanged }
    }

    /// The same, handing out `value`.
    pub fn with<U>(self, value: U) -> Recorded<U> {
        Recorded { value, how: self.how }
    }

    /// What is handed out, of a unit that is no act.
    pub(super) fn exempt(why: Unrecorded, value: T) -> Self {
        Self { value, how: How::Exempt(why) }
    }

    /// What is handed out, if the proof is one about `unit`.
    ///
    /// # Errors
    /// That it is not: then nothing may be committed.
    pub(super) fn proved_by(self, unit: &UnitOfWork) -> Result<T, DbErr> {
        let changed = unit.changed_tables();
        let wrong = match self.how {
            How::Line if !unit.has_line() => "the line in the trail that it shows is another unit's".to_owned(),
            How::Unchanged if !changed.is_empty() => {
                format!("it has changed {changed:?}, and the trail does not tell of it")
            }
            How::Exempt(why) if unit.has_line() => {
                format!("it has a line in the trail, and says that it is no act: {}", why.reason)
            }
            How::Exempt(why) if !changed.iter().all(|table| why.covers(table)) => {
                format!("it has changed {changed:?}, and the trail does not tell of it, for it says: {}", why.reason)
            }
            How::Line | How::Unchanged | How::Exempt(_) => return Ok(self.value),
        };
        Err(DbErr::Custom(format!("a unit of work is not committed: {wrong}")))
    }
}

/// That a unit of work is nobody's act, but the server's own bookkeeping, and so has no line in the trail.
///
/// It names the tables that are kept so, and a unit that has changed another fails. `tests/architecture.rs` has the list of all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unrecorded {
    tables: Option<&'static [&'static str]>,
    reason: &'static str,
}

impl Unrecorded {
    /// What is written to these tables alone, for this reason.
    #[must_use]
    pub const fn of(tables: &'static [&'static str], reason: &'static str) -> Self {
        Self { tables: Some(tables), reason }
    }

    /// What is written to any table, for this reason: where there is nobody who could have done it.
    #[must_use]
    pub const fn of_everything(reason: &'static str) -> Self {
        Self { tables: None, reason }
    }

    fn covers(self, table: &str) -> bool {
        self.tables.is_none_or(|tables| tables.contains(&table))
    }
}
