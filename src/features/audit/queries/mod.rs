//! Reading the trail and its seals.

mod entries;
mod lately;
mod openings;
pub(super) mod seals;

pub(super) use entries::{EntryRow, entries};
pub(crate) use lately::was_done;
pub(super) use openings::{RecordOpeningRow, openings};
