//! Reading the trail and its seals.

mod entries;
pub(super) mod seals;

pub(super) use entries::{EntryRow, entries};
