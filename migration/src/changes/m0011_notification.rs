//! What people should know.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of};

pub(super) const KINDS: [&str; 12] = [
    "appointment_requested",
    "appointment_booked",
    "appointment_approved",
    "appointment_proposed",
    "proposal_accepted",
    "proposal_refused",
    "appointment_rejected",
    "appointment_cancelled",
    "appointment_rescheduled",
    "appointment_confirmed",
    "patient_arrived",
    "appointment_no_show",
];

pub(crate) const CHANGE: Change = Change { name: "m0011_notification", up, down: |_| drop_table("notification") };

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE notification (
  {id},
  recipient_id bigint NOT NULL REFERENCES \"user\" (id),
  {kind} NOT NULL,
  appointment_id bigint REFERENCES appointment (id),
  {read_at},
  {stamps}
)",
            id = dialect.id(),
            kind = one_of("kind", &KINDS),
            read_at = dialect.instant("read_at"),
            stamps = dialect.stamps(),
        ),
        // The unread count and the newest unread on every dashboard; read ones leave the index.
        // Ids grow with time, so the newest are the highest.
        "CREATE INDEX notification_unread ON notification (recipient_id, id) WHERE read_at IS NULL".to_owned(),
        // The pages of `/notifications`, newest first, and their count.
        "CREATE INDEX notification_recipient ON notification (recipient_id, id)".to_owned(),
    ]
}
