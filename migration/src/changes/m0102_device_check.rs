//! Whether camera, microphone and the way to the relay work, as each of the two who meet has tried it before the visit.

use crate::change::Change;
use crate::dialect::{Dialect, drop_table, one_of};

pub(crate) const CHANGE: Change = Change { name: "m0102_device_check", up, down: |_| drop_table("device_check") };

const DEVICES: [&str; 3] = ["ok", "none", "blocked"];

fn up(dialect: Dialect) -> Vec<String> {
    vec![
        format!(
            "CREATE TABLE device_check (
  {id},
  appointment_id bigint NOT NULL REFERENCES appointment (id),
  user_id bigint NOT NULL REFERENCES \"user\" (id),
  {camera} NOT NULL,
  {microphone} NOT NULL,
  {network},
  {checked_at} NOT NULL,
  {stamps},
  CONSTRAINT device_check_person UNIQUE (appointment_id, user_id)
)",
            id = dialect.id(),
            camera = one_of("camera", &DEVICES),
            microphone = one_of("microphone", &DEVICES),
            network = one_of("network", &["udp", "tcp", "tls", "none"]),
            checked_at = dialect.instant("checked_at"),
            stamps = dialect.stamps(),
        ),
        // What goes when a person is erased.
        "CREATE INDEX device_check_user ON device_check (user_id)".to_owned(),
    ]
}
