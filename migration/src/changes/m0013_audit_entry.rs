//! The trail.

use super::m0002_user::ROLES;
use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of, text};

pub(crate) const ACTIONS: [&str; 26] = [
    "signed_up",
    "signed_in",
    "signed_out",
    "session_revoked",
    "sessions_revoked",
    "password_changed",
    "created",
    "updated",
    "activated",
    "deactivated",
    "removed",
    "opened",
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

pub(crate) const SUBJECTS: [&str; 8] =
    ["hospital", "user", "doctor", "patient", "availability", "time_off", "appointment", "user_session"];

pub(crate) const CHANGE: Change = Change { name: "m0013_audit_entry", up, down: |_| drop_table("audit_entry") };

fn up(dialect: Dialect) -> Vec<String> {
    let table = format!(
        "CREATE TABLE audit_entry (
  {id},
  {at} NOT NULL,
  actor_id bigint NOT NULL REFERENCES \"user\" (id),
  {actor_name} NOT NULL,
  {actor_role} NOT NULL,
  hospital_id bigint REFERENCES hospital (id),
  {ip},
  {action} NOT NULL,
  {subject_kind} NOT NULL,
  subject_id bigint NOT NULL,
  detail {json} NOT NULL,
  {stamps}
)",
        id = dialect.id(),
        at = dialect.instant("at"),
        actor_name = text("actor_name", 1, 161),
        actor_role = one_of("actor_role", &ROLES),
        ip = text("ip", 1, 45),
        action = one_of("action", &ACTIONS),
        subject_kind = one_of("subject_kind", &SUBJECTS),
        json = dialect.json(),
        stamps = dialect.stamps(),
    );
    [table].into_iter().chain(indexes()).collect()
}

fn indexes() -> [String; 3] {
    [
        // `/audit` of a hospital's admin, newest first.
        "CREATE INDEX audit_entry_hospital ON audit_entry (hospital_id, at, id)".to_owned(),
        // `/audit` of a super admin, newest first.
        "CREATE INDEX audit_entry_time ON audit_entry (at, id)".to_owned(),
        // Who opened or changed this one record.
        "CREATE INDEX audit_entry_subject ON audit_entry (subject_kind, subject_id, at)".to_owned(),
    ]
}
