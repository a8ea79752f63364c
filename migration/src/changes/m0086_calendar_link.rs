//! The secret addresses at which programs read the calendars of people.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table};

pub(crate) const CHANGE: Change = Change { name: "m0086_calendar_link", up, down: |_| drop_table("calendar_link") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE calendar_link (
  {id},
  user_id bigint NOT NULL CONSTRAINT calendar_link_of_user UNIQUE REFERENCES \"user\" (id),
  digest {bytes} NOT NULL CHECK (length(digest) = 32),
  {made_at} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        bytes = dialect.bytes(),
        made_at = dialect.instant("made_at"),
        stamps = dialect.stamps(),
    )]
}
