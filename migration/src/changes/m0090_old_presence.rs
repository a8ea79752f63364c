//! Which presences and delays are old enough to be removed, without a look at all of them. By the moment somebody first came, which does not change:
//! an index of the lease would have to be kept at each sign of life.

use crate::change::Change;
use crate::dialect::{Dialect, drop_indexes};

const NAMES: [&str; 2] = ["visit_presence_first", "doctor_delay_of_day"];

pub(crate) const CHANGE: Change = Change { name: "m0090_old_presence", up, down: |_| drop_indexes(&NAMES) };

fn up(_: Dialect) -> Vec<String> {
    [
        "CREATE INDEX visit_presence_first ON visit_presence (created_at)",
        "CREATE INDEX doctor_delay_of_day ON doctor_delay (day)",
    ]
    .map(str::to_owned)
    .to_vec()
}
