//! Appointments. That two of them may not overlap is the next change.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

/// Every state, in the order of an appointment's life.
pub(super) const STATUSES: [&str; 10] = [
    "requested",
    "proposed",
    "scheduled",
    "confirmed",
    "waiting",
    "in_progress",
    "completed",
    "no_show",
    "rejected",
    "cancelled",
];

pub(crate) const CHANGE: Change = Change { name: "m0007_appointment", up, down: |_| drop_table("appointment") };

/// No visit is longer than a day: the overlap check looks back no further than that.
fn at_most_a_day(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "ends_at - starts_at <= interval '24 hours'",
        Dialect::Sqlite => "unixepoch(ends_at) - unixepoch(starts_at) <= 86400",
    }
}

fn up(dialect: Dialect) -> Vec<String> {
    vec![format!(
        "CREATE TABLE appointment (
  {id},
  hospital_id bigint NOT NULL REFERENCES hospital (id),
  doctor_id bigint NOT NULL REFERENCES doctor (id),
  patient_id bigint NOT NULL REFERENCES patient (id),
  {starts_at} NOT NULL,
  {ends_at} NOT NULL,
  {status} NOT NULL,
  {symptoms},
  requested_by bigint NOT NULL REFERENCES \"user\" (id),
  {rejection_reason},
  {cancellation_reason},
  {proposed_starts_at},
  {overbook_reason},
  version integer NOT NULL DEFAULT 0 CHECK (version >= 0),
  {stamps},
  CONSTRAINT appointment_ends_after_start CHECK (starts_at < ends_at),
  CONSTRAINT appointment_at_most_a_day CHECK ({at_most_a_day}),
  CONSTRAINT appointment_rejected_with_reason CHECK ((status = 'rejected') = (rejection_reason IS NOT NULL)),
  CONSTRAINT appointment_cancelled_with_reason CHECK ((status = 'cancelled') = (cancellation_reason IS NOT NULL)),
  CONSTRAINT appointment_proposed_with_time CHECK ((status = 'proposed') = (proposed_starts_at IS NOT NULL))
)",
        id = dialect.id(),
        starts_at = dialect.instant("starts_at"),
        ends_at = dialect.instant("ends_at"),
        status = one_of("status", &STATUSES),
        symptoms = text("symptoms", 1, 2000),
        rejection_reason = text("rejection_reason", 1, 500),
        cancellation_reason = text("cancellation_reason", 1, 500),
        proposed_starts_at = dialect.instant("proposed_starts_at"),
        overbook_reason = text("overbook_reason", 1, 500),
        stamps = dialect.stamps(),
        at_most_a_day = at_most_a_day(dialect),
    )]
}
