//! Hours that last until midnight, or over it.
//!
//! `end_time` cannot say so: it is a time of the same day. Of such a window `end_minute` is when it ends, in minutes after the midnight before it
//! begins: 1440 is the midnight after. `end_time` is then the last second of the day, so that a server of the release before goes on
//! with what it can offer: the hours before midnight.

use crate::change::Change;
use crate::dialect::Dialect;

pub(crate) const CHANGE: Change = Change {
    name: "m0038_hours_over_midnight",
    up,
    down: |_| vec!["ALTER TABLE availability DROP COLUMN end_minute".to_owned()],
};

fn up(_: Dialect) -> Vec<String> {
    // A new column that may be empty: no row is rewritten. The check looks at each, and there are few: a doctor's hours of a week.
    vec!["ALTER TABLE availability ADD COLUMN end_minute integer CHECK (end_minute BETWEEN 1440 AND 2880)".to_owned()]
}
