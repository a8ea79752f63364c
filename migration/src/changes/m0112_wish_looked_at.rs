//! That each row of the history obeys its check: Postgres is to know it, and reads the table once, while everybody goes on.

use super::m0074_history_words_looked_at;
use crate::change::Change;

pub(crate) const CHANGE: Change =
    Change { name: "m0112_wish_looked_at", up: m0074_history_words_looked_at::CHANGE.up, down: |_| Vec::new() };
