//! The visits of which another time is asked for, which are few among all that are to come: dashboards show them, and a list.

use crate::change::Change;
use crate::dialect::drop_indexes;

const NAMES: [&str; 2] = ["appointment_hospital_wished", "appointment_doctor_wished"];

pub(crate) const CHANGE: Change = Change { name: "m0113_wishes_found", up: |_| up(), down: |_| drop_indexes(&NAMES) };

fn up() -> Vec<String> {
    ["hospital", "doctor"]
        .map(|whose| {
            format!(
                "CREATE INDEX appointment_{whose}_wished ON appointment ({whose}_id, id) WHERE wished_starts_at IS NOT NULL"
            )
        })
        .into()
}
