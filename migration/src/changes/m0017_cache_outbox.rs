//! What the response cache must be told of, when it could not be told before COMMIT.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0017_cache_outbox", up, down: |_| drop_table("cache_outbox") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE cache_outbox (
  {id},
  {topic} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        topic = text("topic", 1, 64),
        stamps = dialect.stamps(),
    )]
}
