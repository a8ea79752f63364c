//! Clinical records that were read.

use std::fmt;

use entity::enums::{AuditAction, AuditSubject};

use serde::Serialize;

use super::{AuditEvent, record};
use crate::{
    access::Viewer,
    db::{DbErr, UnitOfWork},
    page_cache::record_opened,
    session::is_automatic,
    state::AppState,
    web::{AppError, Clinical, RecordMarks},
};

const NOT_BY_ITSELF: &str = "A record is opened by hand alone. Load the page again.";

/// A clinical record as a query returns it: sealed, until the reading is in the trail.
///
/// Make it in the query itself, so that no caller can come by the record another way:
/// `Ok(row.map(|row| Accessed::new(AuditSubject::Patient, row.id, row)))`; a handler then says
/// `let patient = found.ok_or(AppError::NotFound)?.open(&state, &viewer).await?`, and has it as [`Clinical`], for a page that nobody keeps.
#[must_use = "the record can be seen only by opening it"]
pub struct Accessed<T> {
    record: T,
    event: AuditEvent,
}

impl<T> Accessed<T> {
    /// Seals `record`, the row `id` of the table that `subject` names.
    pub fn new(subject: AuditSubject, id: i64, record: T) -> Self {
        Self { record, event: AuditEvent::new(AuditAction::Opened, subject, id) }
    }

    /// With one of our own words about what of it is read, such as the part that has a page of its own.
    pub fn telling(mut self, name: &'static str, word: &'static str) -> Self {
        self.event = self.event.word(name, word);
        self
    }

    /// The same with a number by which that part is known.
    pub fn numbering(mut self, name: &'static str, number: i64) -> Self {
        self.event = self.event.number(name, number);
        self
    }

    /// Writes into the trail that `viewer` read it, and hands it out. One statement, in a unit of
    /// work of its own. A page in whose making this happens is not kept, whatever it shows.
    ///
    /// # Errors
    /// The database's; what cannot be recorded is not shown. [`AppError::Conflict`] to a page that asks by itself.
    pub async fn open(self, state: &AppState, viewer: &Viewer) -> Result<Clinical<T>, AppError> {
        Ok(self.open_noting(state, viewer, async |_| Ok(())).await?.0)
    }

    /// The same, with what else is noted for whoever opens it, and changes no record: `note` runs in that unit of work, and
    /// what it says is handed out beside the record. Its own statements more.
    ///
    /// # Errors
    /// As of [`Accessed::open`].
    pub async fn open_noting<R>(
        self,
        state: &AppState,
        viewer: &Viewer,
        note: impl AsyncFn(&UnitOfWork) -> Result<R, DbErr>,
    ) -> Result<(Clinical<T>, R), AppError> {
        // Nobody has asked for it: that it was opened would be in the trail, and nobody would have read it.
        if is_automatic() {
            return Err(AppError::Conflict(NOT_BY_ITSELF.to_owned()));
        }
        record_opened();
        let now = state.clock.now();
        let noted = state
            .db
            .write(async |uow| {
                let noted = note(uow).await?;
                Ok::<_, DbErr>(record(uow, now, viewer, self.event.clone()).await?.with(noted))
            })
            .await?;
        Ok((Clinical::new(self.record), noted))
    }

    /// By what it is told from what it was, as `shown` shows it to somebody: for a page that says whether it is as it was, and nothing else of it. Nobody
    /// reads it by that, so nothing is recorded; `shown` puts nothing of it aside.
    pub fn mark<S: Serialize>(&self, marks: &RecordMarks, shown: impl FnOnce(&T) -> S) -> String {
        marks.of(&shown(&self.record))
    }
}

impl<T> fmt::Debug for Accessed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Accessed({:?})", self.event.subject_kind)
    }
}
