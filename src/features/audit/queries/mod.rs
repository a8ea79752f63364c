//! Reading the trail and its seals.

mod entries;
mod lately;
pub(super) mod seals;

pub(super) use entries::{EntryRow, entries};
pub(crate) use lately::was_done;
