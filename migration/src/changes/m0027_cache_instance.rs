//! The processes that share the response cache's store: who is missing there is looked for here.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0027_cache_instance", up, down: |_| drop_table("cache_instance") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE cache_instance (
  {id},
  {name} NOT NULL UNIQUE,
  apart boolean NOT NULL,
  beats bigint NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        name = text("name", 1, 64),
        stamps = dialect.stamps(),
    )]
}
