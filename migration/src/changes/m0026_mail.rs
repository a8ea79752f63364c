//! E-mails to be sent.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

const KINDS: [&str; 3] = ["notice", "reminder", "password_link"];
/// As in m0011, written out: that change stays as it was released, whatever becomes of this one.
const NOTICES: [&str; 12] = [
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
const STATUSES: [&str; 4] = ["waiting", "sent", "cancelled", "refused"];

pub(crate) const CHANGE: Change = Change { name: "m0026_mail", up, down: |_| drop_table("mail") };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE mail (
  {id},
  recipient_id bigint NOT NULL REFERENCES \"user\" (id),
  {kind} NOT NULL,
  {notice},
  appointment_id bigint REFERENCES appointment (id),
  appointment_version integer,
  {visit_starts_at},
  password_link_id bigint REFERENCES password_link (id),
  {status} NOT NULL,
  {due_at} NOT NULL,
  attempts integer NOT NULL CHECK (attempts >= 0),
  {last_error},
  {finished_at},
  {stamps},
  CONSTRAINT mail_notice CHECK ((kind = 'notice') = (notice IS NOT NULL AND appointment_version IS NOT NULL)),
  CONSTRAINT mail_reminder CHECK ((kind = 'reminder') = (visit_starts_at IS NOT NULL)),
  CONSTRAINT mail_visit CHECK ((kind IN ('notice', 'reminder')) = (appointment_id IS NOT NULL)),
  CONSTRAINT mail_link CHECK ((kind = 'password_link') = (password_link_id IS NOT NULL)),
  CONSTRAINT mail_finished CHECK ((status = 'waiting') = (finished_at IS NULL))
)",
        id = dialect.id(),
        kind = one_of("kind", &KINDS),
        notice = one_of("notice", &NOTICES),
        visit_starts_at = dialect.instant("visit_starts_at"),
        status = one_of("status", &STATUSES),
        due_at = dialect.instant("due_at"),
        last_error = text("last_error", 1, 255),
        finished_at = dialect.instant("finished_at"),
        stamps = dialect.stamps(),
    );
    [table].into_iter().chain(indexes()).collect()
}

fn indexes() -> [String; 3] {
    [
        // What is due, the longest due first. Reminders wait here for weeks.
        "CREATE INDEX mail_due ON mail (due_at, id) WHERE status = 'waiting'".to_owned(),
        // What could not be sent yet: few, and asked for by every look at the server's health.
        "CREATE INDEX mail_retried ON mail (id) WHERE status = 'waiting' AND last_error IS NOT NULL".to_owned(),
        // What is over and may go.
        "CREATE INDEX mail_over ON mail (finished_at) WHERE status <> 'waiting'".to_owned(),
    ]
}
