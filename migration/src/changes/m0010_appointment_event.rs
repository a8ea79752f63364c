//! The history of appointments.

use super::m0007_appointment::STATUSES;
use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

pub(super) const KINDS: [&str; 14] = [
    "requested",
    "booked",
    "approved",
    "proposed",
    "proposal_accepted",
    "proposal_refused",
    "rejected",
    "confirmed",
    "rescheduled",
    "arrived",
    "started",
    "completed",
    "no_show",
    "cancelled",
];

pub(crate) const CHANGE: Change =
    Change { name: "m0010_appointment_event", up, down: |_| drop_table("appointment_event") };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE appointment_event (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  actor_id bigint NOT NULL REFERENCES \"user\" (id),
  {kind} NOT NULL,
  {from_status},
  {to_status} NOT NULL,
  {note},
  {at} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        kind = one_of("kind", &KINDS),
        from_status = one_of("from_status", &STATUSES),
        to_status = one_of("to_status", &STATUSES),
        note = text("note", 1, 500),
        at = dialect.instant("at"),
        stamps = dialect.stamps(),
    );
    // The history on an appointment's page, and since when somebody has been waiting.
    let index = "CREATE INDEX appointment_event_history ON appointment_event (appointment_id, at)";
    vec![table, index.to_owned()]
}
