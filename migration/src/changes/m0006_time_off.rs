//! A doctor's absences.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, text};

pub(crate) const CHANGE: Change = Change { name: "m0006_time_off", up, down: |_| drop_table("time_off") };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE time_off (
  {id},
  doctor_id bigint NOT NULL REFERENCES doctor (id),
  {starts_at} NOT NULL,
  {ends_at} NOT NULL,
  {reason},
  {stamps},
  CONSTRAINT time_off_ends_after_start CHECK (starts_at < ends_at)
)",
        id = dialect.id(),
        starts_at = dialect.instant("starts_at"),
        ends_at = dialect.instant("ends_at"),
        reason = text("reason", 1, 255),
        stamps = dialect.stamps(),
    );
    // Free times of a day, and the list of absences that are not over: both ask for `ends_at > x`.
    let index = "CREATE INDEX time_off_doctor_ends ON time_off (doctor_id, ends_at)";
    vec![table, index.to_owned()]
}
