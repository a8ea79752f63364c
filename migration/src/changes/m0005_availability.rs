//! The windows of a doctor's week.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table};

pub(crate) const CHANGE: Change = Change { name: "m0005_availability", up, down: |_| drop_table("availability") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE availability (
  {id},
  doctor_id bigint NOT NULL REFERENCES doctor (id),
  weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  {start_time} NOT NULL,
  {end_time} NOT NULL,
  {stamps},
  CONSTRAINT availability_ends_after_start CHECK (start_time < end_time),
  CONSTRAINT availability_window_key UNIQUE (doctor_id, weekday, start_time)
)",
        id = dialect.id(),
        start_time = dialect.time("start_time"),
        end_time = dialect.time("end_time"),
        stamps = dialect.stamps(),
    )]
}
